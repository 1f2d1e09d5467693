#!/usr/bin/env python3
"""Draws what a terminal shows as an SVG picture: real output with its colours goes in, a window comes out.

    lab tour --color always | docs/render-terminal.py --title 'lab tour' --command 'lab tour' > docs/tour.svg

--keep FROM TO (as often as wanted) keeps the lines from the first that matches FROM to the next that matches TO, both
included. Where indented lines, the output of a command, are left out, three dots say so; prose and checks may go without.
The patterns are regular expressions over the text without colours.
"""

import argparse
import re
import sys
from xml.sax.saxutils import escape

ADVANCE = 8.4  # width of a column at 14 px in the usual monospace fonts; textLength makes the others keep it
LINE = 19
MARGIN = 20
BAR = 38
STYLE = """
  .frame { fill: #10151d; stroke: #3d4756; }
  .bar { fill: #1b222d; }
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #c9d4e2;
         white-space: pre; }
  .b { font-weight: 700; fill: #ffffff; }
  .h { font-weight: 700; fill: #7cc4ff; }
  .d { fill: #7f8da1; }
  .g { font-weight: 700; fill: #6fdd8b; }
  .r { font-weight: 700; fill: #ff7b72; }
  .y { fill: #f2cc60; }
"""
OUTPUT = r"  [^✓✗]"
SGR = re.compile(r"\x1b\[([0-9;]*)m")


def runs(line):
    """The line as (text, class) pieces."""
    state, at, pieces = set(), 0, []
    for code in SGR.finditer(line):
        pieces.append((line[at : code.start()], look(state)))
        at = code.end()
        for number in (int(part or 0) for part in code[1].split(";")):
            state = set() if number == 0 else state | {number}
    pieces.append((line[at:], look(state)))
    return [(text, kind) for text, kind in pieces if text]


def look(state):
    """The class for a set of SGR numbers: the first that fits."""
    for numbers, kind in (({1, 4}, "h"), ({31}, "r"), ({32}, "g"), ({33}, "y"), ({1}, "b"), ({2}, "d")):
        if numbers <= state:
            return kind
    return ""


def excerpt(lines, ranges):
    """The wanted lines, in order, with a mark where some are missing."""
    if not ranges:
        return lines
    plain = [SGR.sub("", line) for line in lines]
    kept, after = [], 0
    for first, last in ranges:
        start = next((n for n in range(after, len(lines)) if re.search(first, plain[n])), None)
        if start is None:
            sys.exit(f"render-terminal: no line matches {first!r}")
        end = next((n for n in range(start, len(lines)) if re.search(last, plain[n])), None)
        if end is None:
            sys.exit(f"render-terminal: no line after {first!r} matches {last!r}")
        if any(re.match(OUTPUT, text) for text in plain[after:start]):
            indent = min(len(text) - len(text.lstrip()) for text in (plain[start], plain[after - 1]) if text)
            kept.append(" " * indent + "\x1b[2m⋮\x1b[0m")
        elif start > after:
            kept.append("")
        kept.extend(lines[start : end + 1])
        after = end + 1
    return kept


def text_element(row, line):
    pieces, column = [], 0
    for text, kind in runs(line):
        blank = len(text) - len(text.lstrip(" "))
        word = text.strip(" ")
        if word:
            x, width = MARGIN + (column + blank) * ADVANCE, len(word) * ADVANCE
            mark = f' class="{kind}"' if kind else ""
            length = f' textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
            pieces.append(f'<tspan x="{x:.1f}"{length}{mark}>{escape(word)}</tspan>')
        column += len(text)
    return f'<text y="{row}" xml:space="preserve">{"".join(pieces)}</text>' if pieces else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--title", required=True)
    parser.add_argument("--command", help="what was typed, shown as the first line")
    parser.add_argument("--keep", nargs=2, action="append", metavar=("FROM", "TO"))
    options = parser.parse_args()
    lines = excerpt(sys.stdin.read().expandtabs().splitlines(), options.keep)
    if options.command:
        lines[:0] = [f"\x1b[32m$\x1b[0m \x1b[1m{options.command}\x1b[0m"]
    columns = max(len(SGR.sub("", line)) for line in lines)
    width = round(2 * MARGIN + columns * ADVANCE)
    height = BAR + len(lines) * LINE + 2 * MARGIN - 8
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">')
    print(f"<title>{escape(options.title)}</title>\n<style>{STYLE}</style>")
    print(f'<rect class="frame" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10"/>')
    print(f'<path class="bar" d="M1 {BAR} V11 Q1 1 11 1 H{width - 11} Q{width - 1} 1 {width - 1} 11 V{BAR} Z"/>')
    for index, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        print(f'<circle cx="{MARGIN + 2 + 20 * index}" cy="{BAR // 2}" r="6" fill="{colour}"/>')
    print(f'<text class="d" x="{width / 2}" y="{BAR // 2 + 5}" text-anchor="middle">{escape(options.title)}</text>')
    for index, line in enumerate(lines):
        element = text_element(BAR + MARGIN + 8 + index * LINE, line)
        if element:
            print(element)
    print("</svg>")


if __name__ == "__main__":
    main()

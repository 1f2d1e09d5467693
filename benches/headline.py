"""Measures the figures of `benches/figures` and prints them as one table: benches/run calls it.

    headline.py BIN [--record] [ROUNDS] [TOOL...]
"""

import datetime
import importlib
import os
import platform
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import measure

TOOLS = ["nc", "dig", "url", "netsum", "ports", "addr", "hop", "lab"]
ROUNDS = 3
PAGE, README = "docs/performance.md", "README.md"
BEGIN = "<!-- Measured by benches/run --record, which writes what stands between these lines -->"
END = "<!-- End of what benches/run wrote -->"


def say(what):
    print(f"{datetime.datetime.now(datetime.UTC):%H:%M:%S} {what}", file=sys.stderr, flush=True)


def machine(bench, tools, load):
    """What was measured on, and how: a line for each, as Markdown."""
    with open("/proc/cpuinfo", encoding="ascii") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(file.readline().split()[1]) / (1 << 20)
    commit = measure.told(["git", "-C", measure.ROOT, "rev-parse", "--short=12", "HEAD"]) or "unknown"
    changed = measure.told(["git", "-C", measure.ROOT, "status", "--porcelain", "--", ".", ":!README.md", ":!docs/performance.md"])
    words = " ".join(["benches/run", str(bench.rounds), *(tools if tools != TOOLS else [])])
    return [
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB; Linux {platform.release()}; load {load:.2f} at the start;",
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC; commit {commit}{' with changes' if changed else ''}; `{words}`.",
    ]


def number(value):
    """Three digits that count, as a person writes them."""
    if value == 0:
        return "0"
    if value >= 999.5:
        digits = len(str(round(value)))
        return f"{round(value, 3 - digits):,.0f}"
    return f"{value:.3g}"


def with_version(figure):
    """A peer as the table names it."""
    first, *rest = figure.peer.split()
    if figure.program:
        return f"{figure.peer} ({measure.version(figure.program)})"
    if first == "crate":
        return f"{figure.peer} ({measure.crate_version(rest[0].strip(','))})"
    return figure.peer


def ratio(row):
    return number(row.ours / row.theirs) if row.theirs else "-"


def whole_table(bench):
    yield "| tool | what | peer | ours | theirs | ours / theirs | wanted | rounds |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for key, figure in bench.figures.items():
        if row := bench.rows.get(key):
            theirs = "-" if row.theirs is None else f"{number(row.theirs)} {figure.unit}"
            wanted = figure.wanted.replace("<=", "≤").replace(">=", "≥") or "-"
            cells = [figure.tool, figure.what, with_version(figure), f"{number(row.ours)} {figure.unit}", theirs, ratio(row), wanted, row.rounds]
            yield "| " + " | ".join(map(str, cells)) + " |"


def short_table(bench):
    yield "| tool | what | peer | ours | theirs | ours / theirs |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for key, figure in bench.figures.items():
        row = bench.rows.get(key)
        if row and figure.in_readme:
            theirs = "-" if row.theirs is None else f"{number(row.theirs)} {figure.unit}"
            cells = [figure.tool, figure.what, figure.peer, f"{number(row.ours)} {figure.unit}", theirs, ratio(row)]
            yield "| " + " | ".join(cells) + " |"


def remarks(bench, tools):
    """What is not in the table and why, and what is not as wanted."""
    expected = [figure for key, figure in bench.figures.items() if figure.tool in tools and key not in bench.rows]
    absent = sorted({figure.program for figure in expected if figure.program in bench.missing})
    left = [figure.key for figure in expected if figure.program not in bench.missing]
    short = [key for key, row in bench.rows.items() if not bench.figures[key].holds(row.ours, row.theirs)]
    yield f"Not installed, and so not compared with: {', '.join(absent) or 'none'}."
    yield f"Not measured: {', '.join(bench.left_out) + (': ' if bench.left_out and left else '') + ', '.join(left) or 'none'}."
    named = [f"{figure.tool}, {figure.what}" + (f" ({figure.peer})" if figure.peer != "-" else "") for figure in map(bench.figures.get, short)]
    yield f"Not as wanted: {'; '.join(named) or 'none'}."


def write(name, lines):
    """Puts the lines between the markers of a page."""
    path = os.path.join(measure.ROOT, name)
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN + "\n")
    _, after = rest.split(END)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([before + BEGIN, "", *lines, "", END]) + after)


def main():
    if "--inside" in sys.argv:
        tool, *arguments = sys.argv[sys.argv.index("--inside") + 1 :]
        importlib.import_module(tool).inside(*arguments)
        return
    folder, *words = sys.argv[1:]
    record = "--record" in words
    numbers = [int(word) for word in words if word.isdecimal()]
    tools = [word for word in words if word in TOOLS] or TOOLS
    if len(numbers) > 1 or 0 in numbers or [word for word in words if word not in ("--record", *TOOLS) and not word.isdecimal()]:
        raise SystemExit(f"benches/run [--record] [ROUNDS] [TOOL...], of {' '.join(TOOLS)}")
    if record and tools != TOOLS:
        raise SystemExit("benches/run: --record needs all tools")

    bench, load = measure.Bench(folder, (numbers or [ROUNDS])[0]), os.getloadavg()[0]
    for tool in tools:
        say(tool)
        try:
            importlib.import_module(tool).measure(bench)
        except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
            # The other tools' figures are not lost for it.
            bench.leave_out(tool, f"{type(error).__name__}: {error}".splitlines()[0])
    say("done")

    on_what = machine(bench, tools, load)
    whole = [*on_what, "", *(line for remark in remarks(bench, tools) for line in (remark, "")), *whole_table(bench)]
    print("\n".join(whole))
    if record:
        write(PAGE, whole)
        write(README, [*on_what, "", *short_table(bench)])
    if bench.left_out:
        raise SystemExit(1)


main()

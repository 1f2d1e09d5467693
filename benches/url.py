"""Measures url beside trurl, a bare loop over the url crate, and /bin/true; prints medians and ratios.

    benches/url [ROUNDS [URLS [CALLS]]]

Rounds of ours and theirs alternate, so that a noisy neighbour hits both. The URLs are made up, the same each time: of a hundred,
95 are as pages and interfaces have them, and the others have userinfo, capitals, names outside ASCII, addresses, dot segments,
characters that must be encoded, other schemes. Before anything is measured, the bare loop must print what url prints.
"""

import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

URL, BARE, ROUNDS, URLS, CALLS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
COLUMNS = r"{scheme}\t{host}\t{port}\t{path}\t{query}\t{fragment}"
WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa".split()
ODD = [
    "http://user{n}:secret@{w}.example.com/{v}",
    "HTTP://WWW.{W}.Example.COM/{V}/Index.html",
    "https://b\u00fccher-{w}.example/{v}?q=stra\u00dfe",
    "http://192.0.2.{o}:8080/{v}",
    "http://[2001:db8::{o}]/{w}/{v}",
    "https://{w}.example.org/a/{v}/../{w}/./x",
    "https://{w}.example.org/a b/{v}?x=[{n}]",
    "https://{w}.example.net/%7Euser/%2e/{v}",
    "ftp://ftp.{w}.example/pub/{v}.tar.gz",
    "https://{w}.example",
]


def urls(count):
    """`count` URLs of about fifty octets."""
    choose = random.Random(0x5EED)
    for number in range(count):
        one, two, three = choose.choice(WORDS), choose.choice(WORDS), choose.choice(WORDS)
        kind = choose.randrange(100)
        if kind < 5:
            form = ODD[choose.randrange(len(ODD))]
            yield form.format(w=one, v=two, W=one.upper(), V=two.title(), n=number, o=number % 250)
        elif kind < 35:
            yield f"https://www.{one}.example.com/{two}/{three}-{number}.html"
        elif kind < 60:
            yield f"https://{one}.example.org/{two}/?id={number}&q={three}+{one}&page={number % 20}"
        elif kind < 80:
            yield f"http://api.{one}.example.net:8443/v1/{two}/{number}?fields={one},{three}&sort=name#{two}"
        else:
            yield f"https://cdn.{one}.example.com/{two}%20{three}/{number}.jpg?v={number}"


def run(command):
    """Seconds, and the peak of memory in MiB, of one run whose output is thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def output(command):
    """The hash of what a command prints: to hold it would be counted as the memory of the next."""
    digest = hashlib.sha256()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while piece := process.stdout.read(1 << 16):
            digest.update(piece)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return digest.digest()


def many(folder):
    whole, some = os.path.join(folder, "urls"), os.path.join(folder, "some")
    with open(whole, "w", encoding="utf-8") as file:
        file.writelines(f"{url}\n" for url in urls(URLS))
    with open(some, "w", encoding="utf-8") as file:
        file.writelines(f"{url}\n" for url in urls(20_000))
    if output([URL, "-f", some, "--get", COLUMNS]) != output([BARE, "get", some]):
        raise SystemExit("the bare loop does not print what url --get prints")
    if output([URL, "-f", some, "--json"]) != output([BARE, "same", some]):
        raise SystemExit("serde does not print what url --json prints")
    jobs = {
        "url --get, six columns": [URL, "-f", whole, "--get", COLUMNS],
        "url --csv": [URL, "-f", whole, "--csv"],
        "url --json": [URL, "-f", whole, "--json"],
        "bare loop, the same columns": [BARE, "get", whole],
        "crate and serde, the same JSON": [BARE, "same", whole],
        "bare loop, parts and parameters": [BARE, "parts", whole],
    }
    if shutil.which("trurl"):
        jobs["trurl --get, six columns"] = ["trurl", "-f", whole, "--get", COLUMNS]
        jobs["trurl --json"] = ["trurl", "-f", whole, "--json"]
    else:
        print("trurl is not installed: left out")
    seconds, memory = {name: [] for name in jobs}, {name: 0.0 for name in jobs}
    for _ in range(ROUNDS):
        for name, command in jobs.items():
            took, peak = run(command)
            seconds[name].append(took)
            memory[name] = max(memory[name], peak)
    size = os.path.getsize(whole)
    print(f"{URLS:,} URLs, {size / 1e6:.0f} MB, medians of {ROUNDS}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':32} {'seconds':>8} {'URLs/s':>10} {'MiB':>6}")
    rates = {name: URLS / statistics.median(took) for name, took in seconds.items()}
    for name, rate in rates.items():
        print(f"{name:32} {URLS / rate:8.2f} {rate:10,.0f} {memory[name]:6.1f}")
    for ours, theirs, wanted in [
        ("url --get, six columns", "trurl --get, six columns", 4.0),
        ("url --json", "trurl --json", 3.0),
        ("url --get, six columns", "bare loop, the same columns", 0.8),
        ("url --json", "crate and serde, the same JSON", 0.8),
        ("url --json", "bare loop, parts and parameters", None),
    ]:
        if theirs in rates:
            aim = f"wanted: {wanted}" if wanted else "an eighth of the octets"
            print(f"{ours} / {theirs}: {rates[ours] / rates[theirs]:.2f} ({aim})")


def once(command):
    """Seconds of one call, without a shell and with as little as can be around it."""
    start = time.perf_counter()
    sink = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    _, status = os.waitpid(os.posix_spawn(command[0], command, {}, file_actions=sink), 0)
    if status:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start


def calls():
    text = "https://user@www.example.com:8443/a/b.html?q=1&r=2#top"
    jobs = {
        "/bin/true": ["/bin/true"],
        "url --get": [URL, "--get", "{host}", text],
        "url --json": [URL, "--json", text],
        "url": [URL, text],
    }
    trurl = shutil.which("trurl")
    if trurl:
        jobs["trurl --get"] = [trurl, "--get", "{host}", text]
    seconds = {name: [] for name in jobs}
    for _ in range(CALLS):
        for name, command in jobs.items():
            seconds[name].append(once(command))
    base = statistics.median(seconds["/bin/true"])
    print(f"\none call, medians of {CALLS}")
    for name, took in seconds.items():
        median = statistics.median(took)
        print(f"{name:32} {median * 1000:8.2f} ms  {median / base:5.2f} of /bin/true" + (" (wanted: 1.5)" if name.startswith("url") else ""))


with tempfile.TemporaryDirectory(prefix="url-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
    many(folder)
calls()

"""netsum beside tshark, tcpdump, a program that only walks the frames, and pnet's sum.

The capture is made by the harness of netsum.rs, the same each time. tshark and tcpdump get a part of it: they are slow.
"""

import os
import tempfile

from measure import alternate, installed, median, peak, run, told

FRAMES = 2_800_000
PARTS = {"tshark": FRAMES // 28, "tcpdump": FRAMES // 7}
CHECKS = [word for protocol in ("ip", "udp", "tcp") for word in ("-o", f"{protocol}.check_checksum:TRUE")]
FIELDS = ["-T", "fields", "-e", "frame.number", "-e", "ip.checksum.status", "-e", "udp.checksum.status"]


def measure(bench):
    harness = os.environ["SOCKEYE_BENCH_NETSUM"]
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        captures(bench, harness, folder)
    sums(bench, harness)
    words = ["udp", "10.0.0.1:5000", "10.0.0.2:6000", "ABCDE"]
    bench.calls("netsum.call", {"": ([bench.ours("netsum"), *words], [installed("true")])})
    solve = [bench.ours("netsum"), "solve", "ABCDE", "--length", "64", "--count"]
    (took,) = alternate(bench.rounds, lambda: run(solve))
    bench.row("netsum.solve", median(took, "wall"))


def captures(bench, harness, folder):
    netsum, path = bench.ours("netsum"), lambda name: os.path.join(folder, name)
    run([harness, "make", path("whole"), str(FRAMES)])
    verify = lambda form: run([netsum, "verify", form, path("whole")], (0, 1))
    jobs = {"summary": lambda: verify("--summary"), "walk": lambda: run([harness, "walk", path("whole")]), "tsv": lambda: verify("--tsv")}
    for name, frames in PARTS.items():
        if peer := bench.peer(name):
            run([harness, "make", path(name), str(frames)])
            words = ["-n", "-r", path(name), *CHECKS, *FIELDS] if name == "tshark" else ["-nn", "-vv", "-r", path(name)]
            jobs[name] = lambda command=[peer, *words]: run(command)
    # All of it comes out of the page cache each time.
    verify("--summary")
    took = alternate(bench.rounds, *jobs.values())
    seconds = {name: median(runs, "wall") for name, runs in zip(jobs, took)}
    bench.row("netsum.walk", seconds["summary"], seconds["walk"])
    bench.row("netsum.tsv", seconds["tsv"], seconds["walk"])
    for name in PARTS.keys() & seconds.keys():
        bench.row(f"netsum.{name}", FRAMES / seconds["summary"], PARTS[name] / seconds[name])
    bench.row("netsum.memory", max(peak([netsum, "verify", form, path("whole")], (0, 1)) for form in ("--summary", "--tsv")), rounds=2)


def sums(bench, harness):
    """The rates that the harness prints, each a median of its own turns."""
    for line in told([harness, "sum"]).splitlines()[1:]:
        length, ours, theirs, _ = line.split()
        if f"netsum.sum.{length}" in bench.figures:
            bench.row(f"netsum.sum.{length}", float(ours), float(theirs), 7)

"""Measures netsum beside tshark, tcpdump, and a program that only walks the frames; prints medians and ratios.

    benches/netsum [ROUNDS [FRAMES]]

Rounds of ours and theirs alternate, so that a noisy neighbour hits both. The file is read once before, so that it comes out
of the page cache each time.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NETSUM, HARNESS, ROUNDS, FRAMES = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
CHECKS = [word for protocol in ("ip", "udp", "tcp") for word in ("-o", f"{protocol}.check_checksum:TRUE")]


def run(command):
    """Seconds, and the peak of memory in MiB, of one run whose output is thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def measure(folder):
    whole = os.path.join(folder, "whole.pcap")
    parts = {"tshark": FRAMES // 28, "tcpdump": FRAMES // 7}
    subprocess.run([HARNESS, "make", whole, str(FRAMES)], check=True)
    jobs = {
        "walk": ([HARNESS, "walk", whole], FRAMES),
        "netsum verify --summary": ([NETSUM, "verify", "--summary", whole], FRAMES),
        "netsum verify --tsv": ([NETSUM, "verify", "--tsv", whole], FRAMES),
    }
    for peer, frames in parts.items():
        if not shutil.which(peer):
            print(f"{peer} is not installed: left out")
            continue
        part = os.path.join(folder, f"{peer}.pcap")
        subprocess.run([HARNESS, "make", part, str(frames)], check=True)
        if peer == "tshark":
            fields = ["-T", "fields", "-e", "frame.number", "-e", "ip.checksum.status", "-e", "udp.checksum.status"]
            jobs["tshark -T fields, checks on"] = (["tshark", "-n", "-r", part, *CHECKS, *fields], frames)
        else:
            jobs["tcpdump -nn -vv"] = (["tcpdump", "-nn", "-vv", "-r", part], frames)
    size = os.path.getsize(whole)
    with open(whole, "rb") as file:
        while file.read(1 << 20):
            pass
    seconds, memory = {name: [] for name in jobs}, {name: 0 for name in jobs}
    for _ in range(ROUNDS):
        for name, (command, _) in jobs.items():
            took, peak = run(command)
            seconds[name].append(took)
            memory[name] = max(memory[name], peak)
    print(f"{FRAMES:,} frames, {size / (1 << 30):.2f} GiB, medians of {ROUNDS}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':30} {'frames':>10} {'seconds':>8} {'frames/s':>11} {'MiB':>6}  walk/it  summary/it  tsv/it")
    rates = {name: frames / statistics.median(seconds[name]) for name, (_, frames) in jobs.items()}
    for name, (_, frames) in jobs.items():
        ratios = [rates[other] / rates[name] for other in ("walk", "netsum verify --summary", "netsum verify --tsv")]
        print(
            f"{name:30} {frames:10,} {statistics.median(seconds[name]):8.2f} {rates[name]:11,.0f} {memory[name]:6.1f}"
            f"  {ratios[0]:7.2f}  {ratios[1]:10.2f}  {ratios[2]:6.2f}"
        )


subprocess.run([HARNESS, "sum"], check=True)
print()
with tempfile.TemporaryDirectory(prefix="netsum-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
    measure(folder)

"""Measures dig beside the installed peers against an nsd of its own, and prints medians and ratios.

    benches/dig [ROUNDS [NAMES]]

Rounds of ours and theirs alternate, so that a noisy neighbour hits both. nsd serves a generated zone of NAMES names
(1,000,000) on a free port of the loopback address, from a temporary folder, and ends with the script. The real dig asks for
a tenth of the names in each round: it is slow.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

BIN = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2])
NAMES = int(sys.argv[3])
SAMPLE = max(NAMES // 10, 1)
OURS = os.path.join(BIN, "dig")
WINDOW = 100


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nsd:
    """A server in a temporary folder, killed by its own pid."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.path = lambda name: os.path.join(folder, name)
        with open(self.path("zone"), "w", encoding="ascii") as zone:
            zone.write("$ORIGIN bench.test.\n$TTL 3600\n@ SOA ns host 1 2 3 4 5\n@ NS ns\nns A 127.0.0.1\n")
            zone.writelines(f"n{i} A 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}\n" for i in range(NAMES))
        for name, suffix, count in [("names", "", NAMES), ("sample", "", SAMPLE), ("queries", " A", NAMES)]:
            with open(self.path(name), "w", encoding="ascii") as file:
                file.writelines(f"n{i}.bench.test{suffix}\n" for i in range(count))
        with open(self.path("nsd.conf"), "w", encoding="ascii") as conf:
            conf.write(f"""server:
 ip-address: 127.0.0.1@{self.port}
 port: {self.port}
 server-count: 1
 username: ""
 chroot: ""
 zonesdir: "{folder}"
 database: ""
 pidfile: "{folder}/pid"
 logfile: "{folder}/log"
 xfrdfile: "{folder}/xfrd"
 zonelistfile: "{folder}/zones"
 rrl-ratelimit: 0
remote-control:
 control-enable: no
zone:
 name: bench.test
 zonefile: zone
""")
        daemon = shutil.which("nsd") or "/usr/sbin/nsd"
        self.process = subprocess.Popen([daemon, "-d", "-c", self.path("nsd.conf")], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        while not self.answers():
            if self.process.poll() is not None:
                raise SystemExit(f"nsd ended with {self.process.returncode}")

    def answers(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.2)
            asker.connect(("127.0.0.1", self.port))
            try:
                asker.send(b"\0\1\0\0\0\1\0\0\0\0\0\0\2n0\5bench\4test\0\0\1\0\1")
                return asker.recv(512)[3] & 15 == 0
            except OSError:
                return False

    def ask(self, tool, *args):
        return [tool, "@127.0.0.1", "-p", str(self.port), *args]

    def end(self):
        self.process.terminate()
        self.process.wait()


def batch(command, output):
    """Seconds of a run whose output goes to a file, its CPU seconds, and its peak memory in KiB."""
    report = output + ".time"
    with open(output, "wb") as sink:
        start = time.perf_counter()
        subprocess.run(["/usr/bin/time", "-o", report, "-f", "%U %S %M", *command], check=True, stdout=sink)
        took = time.perf_counter() - start
    with open(report, encoding="ascii") as file:
        user, system, memory = file.read().split()
    return took, float(user) + float(system), int(memory)


def dnsperf(nsd):
    """Queries a second as dnsperf counts them, how many it lost, and its CPU seconds."""
    report = nsd.path("dnsperf.time")
    command = ["/usr/bin/time", "-o", report, "-f", "%U %S", "dnsperf", "-s", "127.0.0.1", "-p", str(nsd.port), "-q", str(WINDOW), "-d", nsd.path("queries")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figure = lambda what: next(line for line in said.splitlines() if what in line).split(":")[1].split()[0]
    with open(report, encoding="ascii") as file:
        cpu = sum(float(part) for part in file.read().split())
    return float(figure("Queries per second")), int(figure("Queries lost")), cpu


def one_query(nsd, tools):
    """Median over the rounds of the mean wall time of one query as a whole process, in seconds, for each tool."""
    commands = [" ".join(nsd.ask(tool, "n5.bench.test")) for tool in tools]
    if "/usr/bin/host" in tools:
        commands[tools.index("/usr/bin/host")] = f"/usr/bin/host -p {nsd.port} n5.bench.test 127.0.0.1"
    means = [[] for _ in tools]
    report = nsd.path("hyperfine.json")
    for _ in range(ROUNDS):
        subprocess.run(["hyperfine", "-N", "-w", "5", "-r", "100", "--export-json", report, *commands], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(report, encoding="utf-8") as file:
            for mean, result in zip(means, json.load(file)["results"]):
                mean.append(result["mean"])
    return [statistics.median(mean) for mean in means]


def row(what, peer, ours, theirs, unit):
    ratio = f"{ours / theirs:.2f}" if theirs else "-"
    theirs = f"{theirs:.4g} {unit}" if theirs else "-"
    print(f"| {what} | {peer} | {ours:.4g} {unit} | {theirs} | {ratio} |", flush=True)


def lines(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def compare_with_dig(nsd, what, args):
    """Names a second of `-f` beside the real dig, and whether both print the same."""
    ours, theirs = nsd.path("ours"), nsd.path("theirs")
    mine, other = [], []
    for _ in range(ROUNDS):
        mine.append(batch(nsd.ask(OURS, *args, "-f", nsd.path("sample")), ours))
        other.append(batch(nsd.ask("/usr/bin/dig", *args, "-f", nsd.path("sample")), theirs))
    rates = [statistics.median(SAMPLE / took for took, _, _ in runs) for runs in (mine, other)]
    row(f"-f {what}, {SAMPLE:,} names", "dig", *rates, "/s")
    row(f"-f {what}, CPU", "dig", *(statistics.median(cpu for _, cpu, _ in runs) for runs in (mine, other)), "s")
    if "+short" in args:
        same = subprocess.run(["cmp", "-s", ours, theirs], check=False).returncode == 0
        print(f"| -f {what}, output | dig | {'identical' if same else 'DIFFERENT'} | - | - |", flush=True)


def compare_with_dnsperf(nsd):
    output = nsd.path("ours")
    mine, other, lost = [], [], 0
    for order in ["+bulk", "+nobulk"]:
        mine.clear()
        other.clear()
        for _ in range(ROUNDS):
            other.append(dnsperf(nsd))
            args = [order, "+short", f"+parallel={WINDOW}", "-f", nsd.path("names")]
            mine.append(batch(nsd.ask(OURS, *args), output))
            lost += NAMES - lines(output)
        rate = statistics.median(NAMES / took for took, _, _ in mine)
        row(f"{order} +short, {NAMES:,} names", f"dnsperf -q {WINDOW}", rate,
            statistics.median(rate for rate, _, _ in other), "/s")
        row(f"{order} +short, CPU", f"dnsperf -q {WINDOW}", statistics.median(cpu for _, cpu, _ in mine),
            statistics.median(cpu for _, _, cpu in other), "s")
        memory = max(memory for _, _, memory in mine) / 1024
        row(f"{order} +short, peak memory", "-", memory, None, "MiB")
    print(f"| names without an answer, all rounds | - | {lost} | - | - |", flush=True)


def main():
    print(f"Medians of {ROUNDS} alternating rounds, {os.cpu_count()} cores, nsd with {NAMES:,} names on this machine.\n")
    print("| what | peer | ours | theirs | ours/theirs |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        nsd = Nsd(folder)
        try:
            peers = [path for path in ["/usr/bin/dig", "/usr/bin/kdig", "/usr/bin/host"] if os.path.exists(path)]
            if shutil.which("hyperfine"):
                ours, *theirs = one_query(nsd, [OURS, *peers])
                for peer, mean in zip(peers, theirs):
                    row("one query, whole process", os.path.basename(peer), ours * 1000, mean * 1000, "ms")
            for peer in peers:
                args = ["n5.bench.test"]
                command = nsd.ask(peer, *args)
                if peer.endswith("host"):
                    command = [peer, "-p", str(nsd.port), "n5.bench.test", "127.0.0.1"]
                memory = [batch(run, nsd.path("one"))[2] / 1024 for run in (nsd.ask(OURS, *args), command)]
                row("one query, peak memory", os.path.basename(peer), *memory, "MiB")
            if "/usr/bin/dig" in peers:
                compare_with_dig(nsd, "+short", ["+short"])
                compare_with_dig(nsd, "full text", [])
            if shutil.which("dnsperf"):
                compare_with_dnsperf(nsd)
        finally:
            nsd.end()


main()

"""dig beside dig, kdig, host, drill and dnsperf, asking an nsd of its own on the loopback address."""

import filecmp
import os
import re
import socket
import subprocess
import tempfile

from measure import Took, alternate, free_port, median, peak, run, wait_for

NAMES = 1_000_000
SAMPLE = NAMES // 20
WINDOW = 100


def measure(bench):
    daemon = bench.peer("nsd")
    if daemon is None:
        bench.leave_out("dig", "needs nsd")
        return
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        server = Nsd(daemon, folder)
        try:
            single(bench, server)
            if peer := bench.peer("dig"):
                batches(bench, server, peer)
            bulk(bench, server)
        finally:
            server.end()


class Nsd:
    """A server of a generated zone in a temporary folder."""

    def __init__(self, daemon, folder):
        self.port = free_port(socket.SOCK_DGRAM)
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
        command = [daemon, "-d", "-c", self.path("nsd.conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.process, self.answers)

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


def single(bench, server):
    """One query as a whole process, and its memory."""
    name = "n5.bench.test"
    ours = server.ask(bench.ours("dig"), name)
    theirs = {}
    for key, program in (("", "dig"), (".kdig", "kdig"), (".host", "host"), (".drill", "drill")):
        if path := bench.peer(program):
            in_front = {"host": [path, "-p", str(server.port), name, "127.0.0.1"], "drill": [path, "-p", str(server.port), name, "@127.0.0.1"]}
            theirs[key] = in_front.get(program, server.ask(path, name))
    bench.calls("dig.query", {key: (ours, command) for key, command in theirs.items()})
    for key in theirs.keys() & {"", ".kdig"}:
        bench.row(f"dig.memory{key}", *(max(peak(command) for _ in range(bench.rounds)) for command in (ours, theirs[key])))


def to_file(command, path):
    with open(path, "wb") as output:
        return run(command, stdout=output)


def batches(bench, server, peer):
    """Names a second of -f beside the real dig, which has to print the same."""
    ours, theirs = server.path("ours"), server.path("theirs")
    for key, words in (("dig.batch", ["+short"]), ("dig.batch.text", [])):
        words = [*words, "-f", server.path("sample")]
        mine, other = alternate(bench.rounds, lambda: to_file(server.ask(bench.ours("dig"), *words), ours),
                                lambda: to_file(server.ask(peer, *words), theirs))
        if "+short" in words and not filecmp.cmp(ours, theirs, shallow=False):
            raise RuntimeError("dig -f +short does not print what dig does")
        bench.row(key, *(SAMPLE / median(runs, "wall") for runs in (mine, other)))
        if key == "dig.batch.text":
            bench.row("dig.batch.cpu", *(median(runs, "cpu") for runs in (mine, other)))


def bulk(bench, server):
    """A million names in the order of their answers, beside dnsperf."""
    output = server.path("ours")
    command = server.ask(bench.ours("dig"), "+bulk", "+short", f"+parallel={WINDOW}", "-f", server.path("names"))
    lost = 0

    def ours():
        nonlocal lost
        took = to_file(command, output)
        with open(output, "rb") as file:
            lost += NAMES - sum(1 for _ in file)
        return took

    jobs = [ours]
    if peer := bench.peer("dnsperf"):
        jobs.append(lambda: dnsperf(peer, server))
    mine, *other = alternate(bench.rounds, *jobs)
    if other:
        bench.row("dig.bulk", NAMES / median(mine, "wall"), NAMES / median(other[0], "wall"))
        bench.row("dig.bulk.cpu", median(mine, "cpu"), median(other[0], "cpu"))
    bench.row("dig.bulk.lost", lost)
    bench.row("dig.bulk.memory", peak(command), rounds=1)


def dnsperf(tool, server):
    """Its processor time, and the time that it says it took for so many queries."""
    command = [tool, "-s", "127.0.0.1", "-p", str(server.port), "-q", str(WINDOW), "-d", server.path("queries")]
    report = server.path("dnsperf")
    with open(report, "wb") as output:
        took = run(command, stdout=output)
    with open(report, encoding="ascii") as file:
        rate = float(re.search(r"Queries per second:\s+([\d.]+)", file.read())[1])
    return Took(NAMES / rate, took.cpu)

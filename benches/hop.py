"""What hop takes beside traceroute(8) and ping(8): benches/hop.py HOP ROUNDS ROUTERS PINGS

Makes a line of hosts, each in a network namespace: this end, ROUTERS routers, the far end, joined by veth, with no limit on
the ICMP errors that they send. Rounds of ours and theirs alternate, so that a noisy neighbour hits both. Each trace has to
show every router and each flood has to get every answer, or the run ends. Prints medians of the wall time and of the
processor time of the whole process, and ratios.
"""

import ctypes
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time

HOP = os.path.abspath(sys.argv[1])
ROUNDS, ROUTERS, PINGS = (int(argument) for argument in sys.argv[2:5])
HOSTS = [f"hopbench-{os.getpid()}-{number}" for number in range(ROUTERS + 2)]
FAR = {4: f"10.77.{ROUTERS + 1}.2", 6: f"fd77:{ROUTERS + 1:x}::2"}


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def settings(host, **values):
    """Writes settings of a namespace: two underscores stand for a slash."""
    script = "".join(f"echo {value} > /proc/sys/net/{name.replace('__', '/')}\n" for name, value in values.items())
    ip("netns", "exec", host, "sh", "-ec", script)


def make_line():
    for host in HOSTS:
        ip("netns", "add", host)
        ip("-n", host, "link", "set", "lo", "up")
        settings(host, ipv4__icmp_ratelimit=0, ipv4__icmp_ratemask=0, ipv6__icmp__ratelimit=0,
                 ipv4__icmp_msgs_per_sec=1000000, ipv4__icmp_msgs_burst=1000000)
    for number, (left, right) in enumerate(zip(HOSTS, HOSTS[1:]), 1):
        ip("-n", left, "link", "add", "right", "type", "veth", "peer", "name", "left", "netns", right)
        for host, name, last in [(left, "right", 1), (right, "left", 2)]:
            ip("-n", host, "addr", "add", f"10.77.{number}.{last}/24", "dev", name)
            ip("-n", host, "addr", "add", f"fd77:{number:x}::{last}/64", "dev", name, "nodad")
            ip("-n", host, "link", "set", name, "up")
    for host in HOSTS[1:-1]:
        settings(host, ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)
    for number, host in enumerate(HOSTS):
        for network in range(1, ROUTERS + 2):
            if network > number + 1:
                ip("-n", host, "route", "add", f"10.77.{network}.0/24", "via", f"10.77.{number + 1}.2")
                ip("-n", host, "route", "add", f"fd77:{network:x}::/64", "via", f"fd77:{number + 1:x}::2")
            elif network < number:
                ip("-n", host, "route", "add", f"10.77.{network}.0/24", "via", f"10.77.{number}.1")
                ip("-n", host, "route", "add", f"fd77:{network:x}::/64", "via", f"fd77:{number:x}::1")


def enter(host):
    """Moves this process, and what it starts, into the namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{host}", "rb") as file:
        if libc.setns(file.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), "setns")


def measure(command, seen):
    """Wall and processor time of a run in seconds. What it prints has to match `seen`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    told = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if told.returncode or not re.search(seen, told.stdout):
        raise SystemExit(f"{' '.join(command)}: status {told.returncode}\n{told.stdout}")
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(what, ours, theirs, seen_ours, seen_theirs):
    if not shutil.which(theirs[0]):
        print(f"| {what} | {theirs[0]} is not installed | - | - | - |")
        return
    runs = [[], []]
    for round_number in range(ROUNDS + 1):
        pair = [measure(ours, seen_ours), measure(theirs, seen_theirs)]
        # The first finds neighbours and fills caches.
        if round_number:
            for times, run in zip(runs, pair):
                times.append(run)
    wall, cpu = ([statistics.median(run[part] for run in times) for times in runs] for part in (0, 1))
    for name, (mine, other) in (("wall", wall), ("processor", cpu)):
        ratio = f"{mine / other:.2f}" if other else "-"
        print(f"| {what}, {name} | {' '.join(theirs[:-1])} | {mine * 1000:.2f} ms | {other * 1000:.2f} ms | {ratio} |", flush=True)


def main():
    if os.geteuid():
        raise SystemExit("benches/hop: needs root")
    print(f"Medians of {ROUNDS} alternating rounds, {os.cpu_count()} cores, {ROUTERS} routers, {PINGS:,} pings.\n")
    print("| what | peer | ours | theirs | ours/theirs |")
    print("| --- | --- | --- | --- | --- |")
    try:
        make_line()
        enter(HOSTS[0])
        for family, far in FAR.items():
            last = rf"(?m)^ *{ROUTERS + 1}  {re.escape(far)} "
            for letter, name in [("-U", "UDP"), ("-I", "ICMP"), ("-T", "TCP")]:
                compare(f"trace, IPv{family}, {name}", [HOP, "trace", letter, far], ["traceroute", "-n", letter, far], last, last)
        for name, far in [("far end, IPv4", FAR[4]), ("far end, IPv6", FAR[6]), ("loopback", "127.0.0.1")]:
            for letters in (["-f"], ["-i", "0"]):
                count = ["-c", str(PINGS), "-q"]
                compare(f"ping {' '.join(letters)}, {name}", [HOP, "ping", *letters, *count, far],
                        ["ping", "-n", *letters, *count, far], rf"\b{PINGS} received", rf"\b{PINGS} received")
    finally:
        for host in HOSTS:
            subprocess.run(["ip", "netns", "del", host], stderr=subprocess.DEVNULL, check=False)


main()

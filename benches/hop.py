"""hop beside traceroute(8), tracepath(8), ping(8) and fping(8), along a line of network namespaces.

The line is this end, the routers and the far end, joined by veth, with no limit on the ICMP errors that they send. Each trace has to
show every router and each flood has to get every answer, or the run ends.
"""

import json
import os
import re
import subprocess

from measure import Bench, alternate, inside as run_inside, median, run

ROUTERS, PINGS = 10, 10_000
FAR = {"": f"10.77.{ROUTERS + 1}.2", "6": f"fd77:{ROUTERS + 1:x}::2"}
# A trace is short, and so is its noise long.
TIMES = 3


def measure(bench):
    if os.geteuid() != 0 or not bench.peer("ip"):
        bench.leave_out("hop", "needs root and ip")
        return
    hosts = [f"hopbench-{os.getpid()}-{number}" for number in range(ROUTERS + 2)]
    try:
        make_line(hosts)
        told = json.loads(run_inside("hop", ["ip", "netns", "exec", hosts[0]], bench.folder, bench.rounds))
    finally:
        for host in hosts:
            subprocess.run(["ip", "netns", "del", host], stderr=subprocess.DEVNULL, check=False)
    bench.missing.update(told["missing"])
    for key, row in told["rows"].items():
        bench.row(key, *row)


def inside(folder, rounds):
    """What runs at this end of the line, and prints its rows."""
    bench = Bench(folder, int(rounds))
    traces(bench, bench.ours("hop"))
    floods(bench, bench.ours("hop"))
    print(json.dumps({"rows": bench.rows, "missing": sorted(bench.missing)}))


def both(bench, key, ours, theirs, seen, rounds):
    """Two figures in milliseconds: time, and processor time where it is asked for. What both print has to match `seen`."""
    jobs = [lambda command=command, text=text: run(command, seen=text) for command, text in zip((ours, theirs), seen)]
    # The first finds neighbours and fills caches.
    for job in jobs:
        job()
    mine, other = alternate(rounds, *jobs)
    for name, part in (("", "wall"), (".cpu", "cpu")):
        if f"{key}{name}" in bench.figures:
            bench.row(f"{key}{name}", *(median(runs, part) * 1000 for runs in (mine, other)), rounds)


def traces(bench, hop):
    rounds = TIMES * bench.rounds
    if traceroute := bench.peer("traceroute"):
        for key, letter, far in (("udp", "-U", FAR[""]), ("icmp", "-I", FAR[""]), ("tcp", "-T", FAR[""]), ("udp6", "-U", FAR["6"])):
            last = rf"(?m)^ *{ROUTERS + 1}  {re.escape(far)} "
            both(bench, f"hop.{key}", [hop, "trace", letter, far], [traceroute, "-n", letter, far], (last, last), rounds)
    if tracepath := bench.peer("tracepath"):
        seen = re.escape(FAR[""])
        both(bench, "hop.mtu", [hop, "trace", "--mtu", FAR[""]], [tracepath, "-n", FAR[""]], (seen, rf"{seen}.*reached"), rounds)


def floods(bench, hop):
    if ping := bench.peer("ping"):
        words = ["-f", "-c", str(PINGS), "-q"]
        seen = (rf"\b{PINGS} received",) * 2
        for key, far in (("flood", FAR[""]), ("flood6", FAR["6"]), ("loopback", "127.0.0.1")):
            both(bench, f"hop.{key}", [hop, "ping", *words, far], [ping, "-n", *words, far], seen, bench.rounds)
        bench.calls("hop.call", {"": ([hop, "ping", "-c", "1", "127.0.0.1"], [ping, "-n", "-c", "1", "127.0.0.1"])})
    if fping := bench.peer("fping"):
        bench.calls("hop.call", {".fping": ([hop, "ping", "-c", "1", "127.0.0.1"], [fping, "-q", "-c", "1", "127.0.0.1"])})


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def settings(host, **values):
    """Writes settings of a namespace: two underscores stand for a slash."""
    script = "".join(f"echo {value} > /proc/sys/net/{name.replace('__', '/')}\n" for name, value in values.items())
    ip("netns", "exec", host, "sh", "-ec", script)


def make_line(hosts):
    for host in hosts:
        ip("netns", "add", host)
        ip("-n", host, "link", "set", "lo", "up")
        settings(host, ipv4__icmp_ratelimit=0, ipv4__icmp_ratemask=0, ipv6__icmp__ratelimit=0,
                 ipv4__icmp_msgs_per_sec=1000000, ipv4__icmp_msgs_burst=1000000)
    for number, (left, right) in enumerate(zip(hosts, hosts[1:]), 1):
        ip("-n", left, "link", "add", "right", "type", "veth", "peer", "name", "left", "netns", right)
        for host, name, last in [(left, "right", 1), (right, "left", 2)]:
            ip("-n", host, "addr", "add", f"10.77.{number}.{last}/24", "dev", name)
            ip("-n", host, "addr", "add", f"fd77:{number:x}::{last}/64", "dev", name, "nodad")
            ip("-n", host, "link", "set", name, "up")
    for host in hosts[1:-1]:
        settings(host, ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)
    for number, host in enumerate(hosts):
        for network in range(1, ROUTERS + 2):
            if network > number + 1:
                ip("-n", host, "route", "add", f"10.77.{network}.0/24", "via", f"10.77.{number + 1}.2")
                ip("-n", host, "route", "add", f"fd77:{network:x}::/64", "via", f"fd77:{number + 1:x}::2")
            elif network < number:
                ip("-n", host, "route", "add", f"10.77.{network}.0/24", "via", f"10.77.{number}.1")
                ip("-n", host, "route", "add", f"fd77:{network:x}::/64", "via", f"fd77:{number:x}::1")

"""addr beside Python's ipaddress, grepcidr, ipcalc, sipcalc and true(1).

Addresses and routes are made up, the same each time: of a hundred addresses ten are of IPv6, and the lengths of the routes are those
of a full table of the Internet. Before anything is measured, both must say the same. grepcidr does less than addr lpm: it says
whether any route matches, and not which.
"""

import json
import os
import random
import subprocess
import tempfile

from measure import alternate, installed, median, run

LINES, LOOKED_UP, ROUTES, SOME = 1_000_000, 100_000, 200_000, 20_000
# How often a length occurs among a thousand routes.
LENGTHS = {8: 1, 12: 1, 14: 1, 15: 2, 16: 13, 17: 8, 18: 14, 19: 25, 20: 45, 21: 52, 22: 112, 23: 106, 24: 620}

READ = """
import ipaddress, sys
write = sys.stdout.write
for line in open(sys.argv[1]):
    addr = ipaddress.ip_address(line.rstrip())
    write(f"{addr} {int(addr)}\\n")
"""

# The best that a dictionary does: one look for each length that occurs, the longest first.
MATCH = """
import ipaddress, sys
write = sys.stdout.write
routes = {}
for line in open(sys.argv[1]):
    dest, via = line.rstrip().split(" ", 1)
    network = ipaddress.IPv4Network(dest)
    routes.setdefault(network.prefixlen, {})[int(network.network_address)] = (dest, via)
lengths = sorted(routes, reverse=True)
for line in open(sys.argv[2]):
    text = line.rstrip()
    number = int(ipaddress.IPv4Address(text))
    found = None
    for length in lengths:
        found = routes[length].get(number >> (32 - length) << (32 - length))
        if found:
            write(f"{text} {found[0]} {found[1]}\\n")
            break
    else:
        write(f"{text} none\\n")
"""


def addresses(choose, count):
    for _ in range(count):
        if choose.randrange(10):
            yield ".".join(str(octet) for octet in choose.randbytes(4))
        else:
            # Few groups that are zero: ipaddress writes those as addr does.
            yield ":".join(f"{0x2001 if index == 0 else choose.getrandbits(16) or 1:x}" for index in range(8))


def routes(choose, count):
    seen = set()
    lengths = [length for length, often in LENGTHS.items() for _ in range(often)]
    while len(seen) < count:
        length = choose.choice(lengths)
        first = choose.getrandbits(32) >> (32 - length) << (32 - length)
        if (first, length) not in seen:
            seen.add((first, length))
            text = ".".join(str(first >> shift & 255) for shift in (24, 16, 8, 0))
            yield f"{text}/{length} via 10.0.0.{choose.randrange(1, 255)} dev eth{choose.randrange(4)}"


def output(command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout


def written(folder, name, lines):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


def measure(bench):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        reading(bench, folder)
        matching(bench, folder)
    calls(bench)


def rates(bench, jobs):
    """Lines a second of each command, which is here with how many it reads. 1 is an answer too: not every address has a route."""
    took = alternate(bench.rounds, *(lambda command=command: run(command, (0, 1)) for command, _ in jobs))
    return [count / median(runs, "wall") for (_, count), runs in zip(jobs, took)]


def reading(bench, folder):
    choose = random.Random(0xADD5)
    whole = written(folder, "addresses", addresses(choose, LINES))
    part = written(folder, "part", addresses(choose, LINES // 10))
    some = written(folder, "some", addresses(choose, SOME))
    ours, theirs = [bench.ours("addr"), "--get", "{text} {decimal}", "-f"], [installed("python3"), "-c", READ]
    if output([*ours, some]) != output([*theirs, some]):
        raise RuntimeError("addr --get does not print what ipaddress does")
    bench.row("addr.read", *rates(bench, [([*ours, whole], LINES), ([*theirs, part], LINES // 10)]))


def winners(text):
    """What addr lpm --json says, as the script of ipaddress prints it."""
    for line in text.splitlines():
        data = json.loads(line)["data"]
        winner = data["winner"]
        yield f"{data['address']} {winner['prefix']} {winner['via']}" if winner else f"{data['address']} none"


def matching(bench, folder):
    choose = random.Random(0x10C)
    table = written(folder, "table", routes(choose, ROUTES))
    v4 = [".".join(str(octet) for octet in choose.randbytes(4)) for _ in range(LOOKED_UP)]
    whole, some = written(folder, "looked-up", v4), written(folder, "few", v4[:SOME])
    ours, theirs = [bench.ours("addr"), "lpm", table], [installed("python3"), "-c", MATCH, table]
    if list(winners(output([*ours, "--json", "-f", some]))) != output([*theirs, some]).splitlines():
        raise RuntimeError("addr lpm does not find what a dictionary of ipaddress finds")
    jobs = [([*ours, "-f", whole], LOOKED_UP), ([*theirs, whole], LOOKED_UP)]
    if grepcidr := bench.peer("grepcidr"):
        with open(table, encoding="ascii") as file:
            networks = written(folder, "networks", (line.split()[0] for line in file))
        jobs.append(([grepcidr, "-f", networks, whole], LOOKED_UP))
    mine, *other = rates(bench, jobs)
    for key, rate in zip(("addr.lpm", "addr.lpm.grepcidr"), other):
        bench.row(key, mine, rate)


def calls(bench):
    network = "192.0.2.33/27"
    script = f"import ipaddress; n = ipaddress.ip_interface('{network}').network; print(n, n.netmask, n[0], n[-1])"
    ours = [bench.ours("addr"), network]
    quick = {"": (ours, [installed("true")])}
    if sipcalc := bench.peer("sipcalc"):
        quick[".sipcalc"] = (ours, [sipcalc, network])
    slow = {".python3": (ours, [installed("python3"), "-c", script])}
    if ipcalc := bench.peer("ipcalc"):
        slow[".ipcalc"] = (ours, [ipcalc, network])
    bench.calls("addr.call", quick, 100)
    bench.calls("addr.call", slow, 10)

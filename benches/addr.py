"""Measures addr beside python3's ipaddress, grepcidr, ipcalc, sipcalc and /bin/true; prints medians and ratios.

    benches/addr [ROUNDS [LINES [ROUTES [CALLS]]]]

Rounds of ours and theirs alternate, so that a noisy neighbour hits both. Addresses and routes are made up, the same each time: of a
hundred addresses ten are of IPv6, and the lengths of the routes are those of a full table of the Internet. Before anything is
measured, both must say the same. grepcidr does less than addr lpm: it says whether any route matches, and not which. The memory
of a process begins with what this script has: what is shown is no less than that.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ADDR, ROUNDS, LINES, ROUTES, CALLS = sys.argv[1], *map(int, sys.argv[2:6])
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


def run(command):
    """Seconds, and the peak of memory in MiB, of one run whose output is thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # 1 is an answer of addr lpm and of grepcidr: not every address has a route.
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def output(command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout


def written(folder, name, lines):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


def compare(title, count, jobs):
    """Runs the jobs by turns, of which the first is ours."""
    seconds, memory = {name: [] for name in jobs}, {name: 0.0 for name in jobs}
    for _ in range(ROUNDS):
        for name, command in jobs.items():
            took, peak = run(command)
            seconds[name].append(took)
            memory[name] = max(memory[name], peak)
    print(f"\n{title}, medians of {ROUNDS}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':34} {'seconds':>8} {'a second':>10} {'MiB':>6}  {'theirs / ours':>13}")
    ours = statistics.median(next(iter(seconds.values())))
    for name, took in seconds.items():
        median = statistics.median(took)
        print(f"{name:34} {median:8.2f} {count / median:10,.0f} {memory[name]:6.1f}  {median / ours:13.2f}")


def reading(folder):
    choose = random.Random(0xADD5)
    whole = written(folder, "addresses", addresses(choose, LINES))
    some = written(folder, "some", addresses(choose, 20_000))
    ours, theirs = [ADDR, "--get", "{text} {decimal}", "-f"], [sys.executable, "-c", READ]
    if output([*ours, some]) != output([*theirs, some]):
        raise SystemExit("addr --get does not print what ipaddress does")
    jobs = {"addr --get, two fields": [*ours, whole], "ipaddress, the same fields": [*theirs, whole]}
    compare(f"{LINES:,} addresses read", LINES, jobs)


def winners(text):
    """What addr lpm --json says, as the script of ipaddress prints it."""
    for line in text.splitlines():
        data = json.loads(line)["data"]
        winner = data["winner"]
        yield f"{data['address']} {winner['prefix']} {winner['via']}" if winner else f"{data['address']} none"


def matching(folder):
    choose = random.Random(0x10C)
    table = written(folder, "table", routes(choose, ROUTES))
    count = LINES // 10
    v4 = [".".join(str(octet) for octet in choose.randbytes(4)) for _ in range(count)]
    whole, some = written(folder, "looked-up", v4), written(folder, "few", v4[:20_000])
    theirs = [sys.executable, "-c", MATCH, table]
    if list(winners(output([ADDR, "lpm", table, "--json", "-f", some]))) != output([*theirs, some]).splitlines():
        raise SystemExit("addr lpm does not find what a dictionary of ipaddress finds")
    jobs = {"addr lpm": [ADDR, "lpm", table, "-f", whole], "ipaddress, a dictionary a length": [*theirs, whole]}
    if shutil.which("grepcidr"):
        networks = written(folder, "networks", (line.split()[0] for line in open(table, encoding="ascii")))
        jobs["grepcidr -f, any match"] = ["grepcidr", "-f", networks, whole]
    else:
        print("grepcidr is not installed: left out")
    compare(f"{count:,} addresses looked up in {ROUTES:,} routes, the table read too", count, jobs)


def once(command):
    """Seconds of one call, without a shell and with as little as can be around it."""
    start = time.perf_counter()
    sink = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    _, status = os.waitpid(os.posix_spawn(command[0], command, {}, file_actions=sink), 0)
    if status:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start


def calls():
    network = "192.0.2.33/27"
    script = f"import ipaddress; n = ipaddress.ip_interface('{network}').network; print(n, n.netmask, n[0], n[-1])"
    jobs = {"/bin/true": ["/bin/true"], "addr": [ADDR, network], "addr --get": [ADDR, "--get", "{network} {mask}", network]}
    for name in ["ipcalc", "sipcalc"]:
        if path := shutil.which(name):
            jobs[name] = [path, network]
        else:
            print(f"{name} is not installed: left out")
    jobs["python3, ipaddress"] = [sys.executable, "-c", script]
    seconds = {name: [] for name in jobs}
    for _ in range(CALLS):
        for name, command in jobs.items():
            seconds[name].append(once(command))
    base = statistics.median(seconds["addr"])
    print(f"\none call with {network}, medians of {CALLS}")
    for name, took in seconds.items():
        median = statistics.median(took)
        print(f"{name:34} {median * 1000:8.2f} ms  {median / base:6.2f} of addr")


with tempfile.TemporaryDirectory(prefix="addr-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
    reading(folder)
    matching(folder)
calls()

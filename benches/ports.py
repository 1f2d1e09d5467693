"""Times the listings of ports beside ss, netstat and lsof: benches/ports.py BIN [ROUNDS [SOCKETS ...]]

BIN is the folder of a release build. In a network and PID namespace of its own, ten processes hold SOCKETS connected TCP
sockets (1,000, 20,000 and 100,000 unless said otherwise); each command is run in turn, ROUNDS times, with its output
thrown away. Prints medians of seconds, ours over theirs, and the largest resident set. Needs root and, for 100,000
sockets, a limit of 11,000 descriptors a process.
"""

import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time

HOLDERS = 10


def hold(count):
    """Forks a process that holds `count` ends of connections to itself, and returns once it does."""
    ready, done = os.pipe()
    if os.fork():
        os.close(done)
        if os.read(ready, 1) != b"x":
            raise SystemExit("a holder could not open its sockets")
        os.close(ready)
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    kept = [listener]
    for _ in range(count // 2):
        client = socket.create_connection(listener.getsockname())
        kept += [client, listener.accept()[0]]
    os.write(done, b"x")
    while True:
        time.sleep(3600)


def run(command):
    """Seconds and KiB of one run."""
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ])
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_maxrss


def measure(binary, rounds, sockets):
    ours = os.path.join(binary, "ports")
    rows = [
        ("-tan", [ours, "-tan"], [["ss", "-tan"], ["netstat", "-nat"]]),
        ("-tanp", [ours, "-tanp"], [["ss", "-tanp"], ["netstat", "-natp"], ["lsof", "-nP", "-iTCP"]]),
        ("-tanp, one owner", [ours, "-tanp", "--first-owner"], []),
        ("-tln", [ours, "-tln"], [["ss", "-tln"]]),
        ("-tlnp", [ours, "-tlnp"], [["ss", "-tlnp"]]),
    ]
    for name, command, peers in rows:
        peers = [peer for peer in peers if shutil.which(peer[0])]
        taken = {tuple(one): [] for one in [command, *peers]}
        for _ in range(rounds):
            for one in taken:
                taken[one].append(run(one))
        own = taken.pop(tuple(command))
        median = statistics.median(seconds for seconds, _ in own)
        print(f"{sockets:>7}  {name:<17}{median:>8.3f} s {max(rss for _, rss in own) / 1024:>6.1f} MiB", end="")
        for peer, runs in taken.items():
            theirs = statistics.median(seconds for seconds, _ in runs)
            print(f"   {' '.join(peer)} {theirs:.3f} s (x{median / theirs:.3f})", end="")
        print(flush=True)


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--inside":
        binary, rounds, sockets = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for _ in range(HOLDERS):
            hold(sockets // HOLDERS)
        run([os.path.join(binary, "ports"), "-tan"])
        measure(binary, rounds, sockets)
        return
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    binary, rounds = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "5"
    for sockets in sys.argv[3:] or ["1000", "20000", "100000"]:
        # The first process of a PID namespace takes all others with it when it ends.
        subprocess.run(
            ["unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child",
             sys.executable, __file__, "--inside", binary, rounds, sockets],
            check=True,
        )


main()

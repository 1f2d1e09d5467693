"""What ports watch costs: benches/ports_watch.py BIN [SECONDS [SOCKETS [RATE]]]

BIN is the folder of a release build. In a network and PID namespace of its own, ten processes hold SOCKETS connected TCP
sockets (10,000 unless said otherwise). `ports watch` runs for SECONDS (10) in each of its ways: as it is, with an interval
of 50 ms that is kept, without trace events, and while another process opens and closes 50 connections a second, which are
100 sockets that come and go. Prints seconds of a processor over seconds, and the largest resident set; beside it `ss -tan`
every 50 ms, which is what a person would do without. Then, with no held sockets, RATE connections a second (5,000) for
30 seconds beside `ports watch` and `ports log`, for the memory. Needs root.
"""

import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import time

HOLDERS = 10


def hold(count, ready):
    """Holds both ends of so many connections."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    kept = [listener]
    for _ in range(count // 2):
        client = socket.create_connection(listener.getsockname())
        kept += [client, listener.accept()[0]]
    ready.set()
    while True:
        time.sleep(3600)


def churn(rate, made):
    """Opens and closes so many connections a second, as far as this processor can."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    start = time.perf_counter()
    while True:
        client = socket.create_connection(listener.getsockname())
        server = listener.accept()[0]
        # The server closes first, so that TIME-WAIT does not take the clients' ports.
        server.close()
        client.close()
        made.value += 1
        ahead = made.value / rate - (time.perf_counter() - start)
        if ahead > 0:
            time.sleep(ahead)


def run(command):
    """Seconds of a processor for each second, KiB at most, and how many lines."""
    start = time.perf_counter()
    reader, writer = os.pipe()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_DUP2, writer, 1),
    ])
    os.close(writer)
    lines = 0
    while octets := os.read(reader, 1 << 20):
        lines += octets.count(b"\n")
    os.close(reader)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    wall = time.perf_counter() - start
    return (usage.ru_utime + usage.ru_stime) / wall, usage.ru_maxrss, lines


def again_and_again(command, seconds):
    """The same of a command that is run every 50 ms."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    while time.perf_counter() < start + seconds:
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        time.sleep(max(0, 0.05 - (time.perf_counter() - began)))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used / (time.perf_counter() - start)


def beside(rate, measure):
    """Measures while connections come and go."""
    made = multiprocessing.Value("Q", 0, lock=False)
    other = multiprocessing.Process(target=churn, args=(rate, made), daemon=True)
    other.start()
    start = time.perf_counter()
    measured = measure()
    rate = made.value / (time.perf_counter() - start)
    other.kill()
    other.join()
    return measured, rate


def show(name, told):
    share, rss, lines = told
    print(f"{name:<46}{share * 100:>7.2f} % {rss / 1024:>7.1f} MiB {lines:>8} lines", flush=True)


def inside(binary, seconds, sockets, rate):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    ours = [os.path.join(binary, "ports"), "watch", "--duration", str(seconds)]
    ways = [
        ("watch", []),
        ("watch --interval 0.05", ["--interval", "0.05"]),
        ("watch --no-trace", ["--no-trace"]),
        ("watch --no-trace --interval 0.05", ["--no-trace", "--interval", "0.05"]),
    ]
    holders = []
    for _ in range(HOLDERS):
        ready = multiprocessing.Event()
        holder = multiprocessing.Process(target=hold, args=(sockets // HOLDERS, ready), daemon=True)
        holder.start()
        ready.wait()
        holders.append(holder)
    for name, options in ways:
        show(f"{name}, idle", run(ours + options))
        told, _ = beside(50, lambda: run(ours + options))
        show(f"{name}, 100 changes/s", told)
    print(f"{'ss -tan every 50 ms, idle':<46}{again_and_again(['ss', '-tan'], seconds) * 100:>7.2f} %", flush=True)
    for holder in holders:
        holder.kill()
        holder.join()
    for command in ("watch", "log"):
        ours = [os.path.join(binary, "ports"), command, "-t", "--duration", "30"]
        told, made = beside(rate, lambda: run(ours))
        show(f"{command} beside {made:.0f} connections/s", told)


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--inside":
        inside(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
        return
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    rest = sys.argv[2:] + ["10", "10000", "5000"][len(sys.argv) - 2:]
    # The first process of a PID namespace takes all others with it when it ends.
    subprocess.run(
        ["unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child",
         sys.executable, __file__, "--inside", os.path.abspath(sys.argv[1]), *rest],
        check=True,
    )


main()

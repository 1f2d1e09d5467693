"""ports beside ss, netstat and lsof, in a network and PID namespace of its own with many sockets, held by ten processes."""

import json
import multiprocessing
import os
import resource
import socket
import statistics
import subprocess
import time

from measure import Bench, alternate, inside as run_inside, once, peak, run

HOLDERS = 10
COUNTS = (1000, 20_000, 100_000)
SECONDS = 3


def measure(bench):
    if os.geteuid() != 0 or not bench.peer("unshare"):
        bench.leave_out("ports", "needs root and unshare")
        return
    # The first process of a PID namespace takes all others with it when it ends.
    apart = ["unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
    for what in (*COUNTS, "watch"):
        told = json.loads(run_inside("ports", apart, bench.folder, bench.rounds, what))
        bench.missing.update(told["missing"])
        for key, row in told["rows"].items():
            bench.row(key, *row)
    if ss := bench.peer("ss"):
        bench.calls("ports.call", {"": ([bench.ours("ports"), "-tln"], [ss, "-tln"])})


def inside(folder, rounds, what):
    """What runs in the namespaces, and prints its rows."""
    bench = Bench(folder, int(rounds))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hold(10_000 if what == "watch" else int(what))
    if what == "watch":
        watch(bench)
    else:
        lists(bench, int(what))
    print(json.dumps({"rows": bench.rows, "missing": sorted(bench.missing)}))


def hold(count):
    """Starts processes that hold so many sockets: both ends of connections to themselves."""
    for _ in range(HOLDERS):
        ready = multiprocessing.Event()
        multiprocessing.Process(target=holder, args=(count // HOLDERS, ready), daemon=True).start()
        if not ready.wait(60):
            raise RuntimeError("a process could not open its sockets")


def holder(count, ready):
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


def lists(bench, sockets):
    ours = bench.ours("ports")
    size = "" if sockets == COUNTS[-1] else f".{sockets}"
    lines = {"tan": ["-tan"], "tanp": ["-tanp"], "tln": ["-tln"], "tlnp": ["-tlnp"]}
    others = {"tan.netstat": ["netstat", "-nat"], "tanp.netstat": ["netstat", "-natp"], "tanp.lsof": ["lsof", "-nP", "-iTCP"]}
    once([ours, "-tan"])
    for name, words in lines.items():
        jobs = {"": [ours, *words]}
        if ss := bench.peer("ss"):
            jobs[name] = [ss, *words]
        for key, (program, *theirs) in others.items():
            if key.startswith(f"{name}.") and not size and (peer := bench.peer(program)):
                jobs[key] = [peer, *theirs]
        if f"ports.{name}{size}" not in bench.figures:
            continue
        mine, *taken = (statistics.median(took) for took in alternate(bench.rounds, *(lambda job=job: once(job) for job in jobs.values())))
        for key, theirs in zip(list(jobs)[1:], taken):
            bench.row(f"ports.{key}{size}", mine, theirs)
    if not size and ss:
        bench.row("ports.memory", peak([ours, "-tanp"]), peak([ss, "-tanp"]), 1)


def watch(bench):
    """What watching costs: the share of a processor, with and without connections that come and go."""
    command = [bench.ours("ports"), "watch", "--interval", "0.05", "--duration", str(SECONDS)]
    idle = lambda: watched(command)
    if ss := bench.peer("ss"):
        mine, theirs = alternate(bench.rounds, idle, lambda: again_and_again([ss, "-tan"]))
        bench.row("ports.watch", *(statistics.median(share) for share in (mine, theirs)))
    bench.row("ports.watch.busy", statistics.median(beside(50, idle) for _ in range(bench.rounds)))


def watched(command):
    took = run(command)
    return 100 * took.cpu / took.wall


def again_and_again(command):
    """The same of a command that is run every 50 ms."""
    used, start = 0.0, time.perf_counter()
    while time.perf_counter() < start + SECONDS:
        took = run(command)
        used += took.cpu
        time.sleep(max(0, 0.05 - took.wall))
    return 100 * used / (time.perf_counter() - start)


def churn(rate):
    """Opens and closes so many connections a second, as far as this processor can."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    start, made = time.perf_counter(), 0
    while True:
        client = socket.create_connection(listener.getsockname())
        server = listener.accept()[0]
        # The server closes first, so that TIME-WAIT does not take the clients' ports.
        server.close()
        client.close()
        made += 1
        time.sleep(max(0, made / rate - (time.perf_counter() - start)))


def beside(rate, measured):
    """Measures while connections come and go."""
    other = multiprocessing.Process(target=churn, args=(rate,), daemon=True)
    other.start()
    gave = measured()
    other.kill()
    other.join()
    return gave

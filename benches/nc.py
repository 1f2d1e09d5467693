"""nc beside nc.openbsd, ncat, socat and iperf3: transfers, datagrams, scans, crowds of clients."""

import fcntl
import os
import resource
import signal
import socket
import statistics
import struct
import subprocess
import tempfile
import time

from measure import alternate, bound, ended, free_port, listening, median, run, wait_for, Took

F_SETPIPE_SZ = 1031
SIZE = 4 << 30
GIB = 1 << 30


def measure(bench):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        source = os.path.join(folder, "zeros")
        for size in (SIZE, SIZE // 4):
            with open(f"{source}{size}", "w+b") as file:
                file.truncate(size)
                # All of it comes out of the page cache each time.
                while file.read(1 << 20):
                    pass
        transfers(bench, source)
    if peer := bench.peer("nc.openbsd"):
        against_openbsd(bench, bench.ours("nc"), peer)
    if ncat := bench.peer("ncat"):
        theirs = ["-m", "20000", "-e", "/bin/cat"]
        bench.compare("nc.clients", lambda: crowd(bench.ours("nc"), ["--app", "echo"], 1000)[0], lambda: crowd(ncat, theirs, 1000)[0])
    held = [crowd(bench.ours("nc"), ["--app", "echo"], 10_000, together=True) for _ in range(bench.rounds)]
    bench.row("nc.crowd", statistics.median(seconds for seconds, _ in held))
    bench.row("nc.crowd.memory", max(memory for _, memory in held))


def transfers(bench, source):
    """Throughput from a file and from a pipe, to every peer at once, and the processor time of both ends to nc.openbsd."""
    peers = {name: path for name in ("nc.openbsd", "iperf3", "ncat", "socat") if (path := bench.peer(name))}
    ours = bench.ours("nc")
    for base, pipe in (("nc.file", False), ("nc.pipe", True)):
        jobs = {"ours": lambda: transfer(plain(ours), f"{source}{SIZE}", pipe)}
        if openbsd := peers.get("nc.openbsd"):
            jobs["nc.openbsd"] = lambda: transfer(plain(openbsd), f"{source}{SIZE}", pipe)
        if iperf := peers.get("iperf3"):
            jobs["iperf3"] = lambda: through_iperf3(iperf, SIZE)
        if pipe:
            jobs["dd"] = lambda: feeder(f"{source}{SIZE}")
        took = dict(zip(jobs, alternate(bench.rounds, *jobs.values())))
        rate = {name: SIZE / GIB / median(runs, "wall") for name, runs in took.items()}
        if openbsd:
            bench.row(base, rate["ours"], rate["nc.openbsd"])
            bench.row(f"{base}.cpu", median(took["ours"], "cpu"), median(took["nc.openbsd"], "cpu"))
        for name in ("iperf3", "dd"):
            if name in rate:
                bench.row(f"{base}.{name}", rate["ours"], rate[name])
    small = {"ncat": ncat, "socat": socat}
    for name in peers.keys() & small.keys():
        pair = small[name](peers[name])
        seconds = [lambda ends=ends: transfer(ends, f"{source}{SIZE // 4}", False).wall for ends in (plain(ours), pair)]
        mine, other = (statistics.median(took) for took in alternate(bench.rounds, *seconds))
        bench.row(f"nc.file.{name}", SIZE / 4 / GIB / mine, SIZE / 4 / GIB / other)


def plain(tool):
    """The command lines of both ends, for a port."""
    return lambda port: ([tool, "-l", "-n", "127.0.0.1", port], [tool, "-n", "-N", "127.0.0.1", port])


def ncat(tool):
    return lambda port: ([tool, "-l", "-n", "--recv-only", "127.0.0.1", port], [tool, "-n", "--send-only", "127.0.0.1", port])


def socat(tool):
    return lambda port: ([tool, "-u", f"TCP-LISTEN:{port},bind=127.0.0.1", "-"], [tool, "-u", "-", f"TCP:127.0.0.1:{port}"])


def transfer(ends, source, pipe):
    """What both ends of a transfer to /dev/null take, from a file or a pipe."""
    port = free_port()
    receive, send = ends(str(port))
    with open(os.devnull, "wb") as sink, open(source, "rb") as data:
        listener = subprocess.Popen(receive, stdin=subprocess.DEVNULL, stdout=sink)
        wait_for(listener, lambda: listening(port))
        start = time.perf_counter()
        feed = subprocess.Popen(["dd", "bs=1M", "status=none"], stdin=data, stdout=subprocess.PIPE) if pipe else None
        sender = subprocess.Popen(send, stdin=feed.stdout if feed else data, stdout=subprocess.DEVNULL)
        if feed:
            feed.stdout.close()
        cpu = ended(sender) + ended(listener)
        wall = time.perf_counter() - start
        if feed:
            feed.wait()
        return Took(wall, cpu)


def feeder(source):
    """dd alone through a pipe of 1 MiB whose reader throws everything away: no pipe carries more than that."""
    with open(source, "rb") as data, open(os.devnull, "wb") as sink:
        start = time.perf_counter()
        process = subprocess.Popen(["dd", "bs=1M", "status=none"], stdin=data, stdout=subprocess.PIPE)
        fcntl.fcntl(process.stdout, F_SETPIPE_SZ, 1 << 20)
        while os.splice(process.stdout.fileno(), sink.fileno(), 1 << 20):
            pass
        process.stdout.close()
        cpu = ended(process)
        return Took(time.perf_counter() - start, cpu)


def through_iperf3(tool, size):
    port = free_port()
    server = subprocess.Popen([tool, "-s", "-1", "-B", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL)
    wait_for(server, lambda: listening(port))
    took = run([tool, "-c", "127.0.0.1", "-p", str(port), "-n", str(size)])
    return Took(took.wall, took.cpu + ended(server))


def against_openbsd(bench, ours, peer):
    for octets in (64, 1400):
        bench.compare(f"nc.sent.{octets}", lambda: sent(ours, octets), lambda: sent(peer, octets))
        bench.compare(f"nc.received.{octets}", lambda: received(ours, octets), lambda: received(peer, octets))
    ports = ["-nz", "127.0.0.1", "1-65535"]
    bench.compare("nc.scan", lambda: run([ours, *ports], (0, 1)).wall, lambda: run([peer, *ports], (0, 1)).wall)
    if os.geteuid() == 0 and bench.peer("ip"):
        # Twenty times a second: one round is enough.
        bench.compare("nc.silent", lambda: silent(ours), lambda: silent(peer), 1)
    else:
        bench.leave_out("nc.silent", "needs root and ip")
    bench.calls("nc.call", {"": ([ours, "-h"], [peer, "-h"])}, 100)


def sent(tool, size, count=300_000):
    """Datagrams a second that `tool` sends from a packet-mode pipe in which each write is one of `size` octets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        port = sink.getsockname()[1]
        reader, writer = os.pipe2(os.O_DIRECT)
        fcntl.fcntl(writer, F_SETPIPE_SZ, 1 << 20)
        sender = subprocess.Popen([tool, "-u", "-n", "-q", "0", "127.0.0.1", str(port)], stdin=reader, stdout=subprocess.DEVNULL)
        os.close(reader)
        message = b"x" * size
        start = time.perf_counter()
        for _ in range(count):
            os.write(writer, message)
        os.close(writer)
        sender.wait()
        took = time.perf_counter() - start
        # Nobody reads: what does not fit any more is counted as dropped, and what fits is still there.
        arrived = int(bound(port).split()[-1])
        sink.setblocking(False)
        try:
            while True:
                sink.recv(65536)
                arrived += 1
        except BlockingIOError:
            return arrived / took


def received(tool, size, count=200_000):
    """The percentage that `tool` receives of 200,000 datagrams of `size` octets sent within one second."""
    port = free_port(socket.SOCK_DGRAM)
    with tempfile.TemporaryFile() as output, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        command = [tool, "-u", "-l", "-k", "-n", "127.0.0.1", str(port)]
        listener = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output)
        wait_for(listener, lambda: bound(port))
        message = b"x" * size
        start = time.perf_counter()
        for number in range(count):
            while number % 100 == 0 and time.perf_counter() - start < number / count:
                pass
            sender.send(message)
        last = -1
        while (now := os.fstat(output.fileno()).st_size) != last:
            last = now
            time.sleep(0.2)
        listener.kill()
        listener.wait()
        return 100 * last / size / count


def silent(tool):
    """Seconds of a scan of 20 ports that drop everything, in a network namespace of its own."""
    network = """ip link add out type veth peer name in && ip addr add 10.9.0.1/24 dev out && ip link set out up &&
        ip link set in up && ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:99 dev out nud permanent || exit 2
        exec "$@" """
    return run(["unshare", "-n", "sh", "-c", network, "sh", tool, "-nz", "-w", "1", "10.9.0.2", "1-20"], (1,)).wall


def crowd(tool, service, count, together=False):
    """Seconds until `count` clients of one echo server are connected and answered, and its memory in MiB.

    They are answered one after the other unless they come `together`: ncat's queue holds 10, and who comes faster waits for a
    second, or is turned away.
    """
    port = free_port()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # In a process group of its own: what it has started for its clients must end with it.
    server = subprocess.Popen([tool, "-l", "-k", "-n", *service, "127.0.0.1", str(port)], stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, process_group=0)
    clients = []
    try:
        wait_for(server, lambda: listening(port))
        start = time.perf_counter()
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(b"hello")
            clients.append(client)
            if not together:
                answered(client, tool)
        for client in clients if together else []:
            answered(client, tool)
        took = time.perf_counter() - start
        with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        return took, memory / 1024
    finally:
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        # Its children have the listening socket too, and die when they get to it.
        while listening(port):
            time.sleep(0.01)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def answered(client, tool):
    client.settimeout(20)
    if client.recv(16) != b"hello":
        raise RuntimeError(f"{tool} did not answer one of its clients")

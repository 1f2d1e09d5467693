"""Measures the suite's headline figures beside the installed peers, and prints medians and ratios.

Rounds of ours and theirs alternate, so that a noisy neighbour hits both. Everything stays on loopback.
"""

import fcntl
import os
import resource
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BIN, ROUNDS = os.path.abspath(sys.argv[1]), int(sys.argv[2])
PORT = 45677


def timed(command, **options):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - start


def listening(port):
    wanted = f":{port:04X} 00000000:0000 0A"
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(wanted in line for line in table)


def ended(process):
    """Waits for a child and returns its CPU seconds."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{process.args} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def transfer(tool, source, size, pipe=False):
    """GiB/s, and CPU seconds of both ends, of one transfer from a file or a pipe through a pair of `tool` to /dev/null."""
    with open(os.devnull, "wb") as sink, open(source, "rb") as data:
        listener = subprocess.Popen([tool, "-l", "-n", "127.0.0.1", str(PORT)], stdin=subprocess.DEVNULL, stdout=sink)
        while not listening(PORT):
            if listener.poll() is not None:
                raise SystemExit(f"{tool} -l ended with {listener.returncode}")
        start = time.perf_counter()
        feeder = subprocess.Popen(["dd", "bs=1M", "status=none"], stdin=data, stdout=subprocess.PIPE) if pipe else None
        input = feeder.stdout if feeder else data
        sender = subprocess.Popen([tool, "-n", "-N", "127.0.0.1", str(PORT)], stdin=input, stdout=subprocess.DEVNULL)
        if feeder:
            feeder.stdout.close()
        cpu = ended(sender) + ended(listener)
        rate = size / (1 << 30) / (time.perf_counter() - start)
        if feeder:
            feeder.wait()
        return rate, cpu


def feeder(source, size):
    """GiB/s of dd alone through a pipe of 1 MiB whose reader throws everything away: no pipe carries more than that."""
    with open(source, "rb") as data, open(os.devnull, "wb") as sink:
        start = time.perf_counter()
        process = subprocess.Popen(["dd", "bs=1M", "status=none"], stdin=data, stdout=subprocess.PIPE)
        fcntl.fcntl(process.stdout, 1031, 1 << 20)  # F_SETPIPE_SZ
        while os.splice(process.stdout.fileno(), sink.fileno(), 1 << 20):
            pass
        process.stdout.close()
        return size / (1 << 30) / (time.perf_counter() - start), ended(process)


def iperf3(size):
    """GiB/s and CPU seconds of both ends of as much through iperf3."""
    server = subprocess.Popen(["iperf3", "-s", "-1", "-B", "127.0.0.1", "-p", str(PORT)], stdout=subprocess.DEVNULL)
    while not listening(PORT):
        if server.poll() is not None:
            raise SystemExit(f"iperf3 -s ended with {server.returncode}")
    start = time.perf_counter()
    command = ["iperf3", "-c", "127.0.0.1", "-p", str(PORT), "-n", str(size)]
    cpu = ended(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    rate = size / (1 << 30) / (time.perf_counter() - start)
    return rate, cpu + ended(server)


def compare_transfers(what, ours, theirs, peer):
    """Two rows: throughput, and CPU seconds of both ends."""
    mine, other = [], []
    for _ in range(ROUNDS):
        mine.append(ours())
        other.append(theirs())
    for index, (name, unit) in enumerate([(what, "GiB/s"), (what + ", CPU of both ends", "s")]):
        a, b = (statistics.median(run[index] for run in runs) for runs in (mine, other))
        print(f"| {name} | {peer} | {a:.4g} {unit} | {b:.4g} {unit} | {a / b:.2f} |", flush=True)


def start_up(command, runs=50):
    """Seconds of one start, the mean of so many: a single one is shorter than the noise."""
    return sum(timed(command) for _ in range(runs)) / runs


def scanned(tool, *args):
    """Seconds of one scan, whatever it finds."""
    start = time.perf_counter()
    subprocess.run([tool, "-nz", *args], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def silent(tool):
    """Seconds of a scan of 20 ports that drop everything, in a network namespace of its own; needs root and ip(8)."""
    network = """ip link add out type veth peer name in && ip addr add 10.9.0.1/24 dev out && ip link set out up &&
        ip link set in up && ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:99 dev out nud permanent || exit 2
        exec "$@" """
    command = ["unshare", "-n", "sh", "-c", network, "sh", tool, "-nz", "-w", "1", "10.9.0.2", "1-20"]
    start = time.perf_counter()
    ended = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if ended.returncode != 1:
        raise SystemExit(f"{command} ended with {ended.returncode}")
    return time.perf_counter() - start


def on_the_wire(tool, size, count=300_000):
    """Datagrams a second that `tool` sends from a packet-mode pipe in which each write is one of `size` octets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        port = sink.getsockname()[1]
        reader, writer = os.pipe2(os.O_DIRECT)
        fcntl.fcntl(writer, 1031, 1 << 20)  # F_SETPIPE_SZ
        sender = subprocess.Popen([tool, "-u", "-n", "-q", "0", "127.0.0.1", str(port)], stdin=reader,
                                  stdout=subprocess.DEVNULL)
        os.close(reader)
        message = b"x" * size
        start = time.perf_counter()
        for _ in range(count):
            os.write(writer, message)
        os.close(writer)
        sender.wait()
        took = time.perf_counter() - start
        # Nobody reads: what does not fit any more is counted as dropped, and what fits is still there.
        with open("/proc/net/udp", encoding="ascii") as table:
            arrived = sum(int(line.split()[-1]) for line in table if f":{port:04X} 00000000:0000" in line)
        sink.setblocking(False)
        try:
            while True:
                sink.recv(65536)
                arrived += 1
        except BlockingIOError:
            return arrived / took


def received_of_200000(tool, size):
    """The percentage that `tool` receives of 200,000 datagrams of `size` octets sent within one second."""
    count = 200_000
    with tempfile.TemporaryFile() as output, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", PORT))
        listener = subprocess.Popen([tool, "-u", "-l", "-k", "-n", "127.0.0.1", str(PORT)], stdin=subprocess.DEVNULL,
                                    stdout=output)
        bound = f":{PORT:04X} 00000000:0000"
        while not any(bound in line for line in open("/proc/net/udp", encoding="ascii")):
            time.sleep(0.01)
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


def crowd(tool, count, both=False):
    """Seconds until `count` clients of one echo server are connected and answered; with `both`, its memory in KiB too."""
    service = ["--app", "echo"] if "ncat" not in tool else ["-m", "20000", "-e", "/bin/cat"]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # In a process group of its own: what it has started for its clients must end with it.
    server = subprocess.Popen([tool, "-l", "-k", "-n", *service, "127.0.0.1", str(PORT)], stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, process_group=0)
    clients = []
    try:
        while not listening(PORT):
            time.sleep(0.01)
        start = time.perf_counter()
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", PORT))
            client.sendall(b"hello")
            clients.append(client)
            # ncat's queue holds 10: who comes faster waits for a second, or is turned away.
            if not both and client.recv(16) != b"hello":
                raise SystemExit(f"{tool} did not answer one of {count} clients")
        for client in clients if both else []:
            if client.recv(16) != b"hello":
                raise SystemExit(f"{tool} did not answer one of {count} clients")
        took = time.perf_counter() - start
        with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        return (took, memory) if both else took
    finally:
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        # Its children have the listening socket too, and die when they get to it.
        while listening(PORT):
            time.sleep(0.01)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def compare(what, unit, ours, theirs, peer):
    """One row: medians over alternating rounds, and the ratio."""
    mine, other = [], []
    for _ in range(ROUNDS):
        mine.append(ours())
        other.append(theirs())
    a, b = statistics.median(mine), statistics.median(other)
    print(f"| {what} | {peer} | {a:.4g} {unit} | {b:.4g} {unit} | {a / b:.2f} |", flush=True)


def capture(path, frames):
    """A classic pcap of UDP datagrams with right checksums."""

    def fold(data):
        total = sum(struct.unpack(f">{len(data) // 2}H", data))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return ~total & 0xFFFF

    payload = bytes(range(256)) * 2
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        packets = []
        for host in range(64):
            src, dst = bytes([10, 0, 0, host + 1]), bytes([10, 0, 1, 1])
            length = 8 + len(payload)
            udp = struct.pack(">HHHH", 5000 + host, 6000, length, 0) + payload
            check = fold(src + dst + struct.pack(">BBH", 0, 17, length) + udp) or 0xFFFF
            udp = udp[:6] + struct.pack(">H", check) + udp[8:]
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, 17, 0, src, dst)
            ip = ip[:10] + struct.pack(">H", fold(ip)) + ip[12:]
            packets.append(bytes(12) + b"\x08\x00" + ip + udp)
        for number in range(frames):
            packet = packets[number % 64]
            file.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)


def missing(peer):
    """A row for what cannot be compared here."""
    print(f"| ... | {peer} | is not installed | - | - |", flush=True)


def main():
    print(f"Medians of {ROUNDS} alternating rounds, {os.cpu_count()} cores.\n")
    print("| what | peer | ours | theirs | ours/theirs |")
    print("| --- | --- | --- | --- | --- |")
    ours = lambda name: os.path.join(BIN, name)
    with tempfile.TemporaryDirectory() as folder:
        if peer := shutil.which("nc.openbsd"):
            size = 4 << 30
            source = os.path.join(folder, "zeros")
            with open(source, "wb") as file:
                file.truncate(size)
            for pipe, name in [(False, "a file"), (True, "a pipe")]:
                ours_now = lambda: transfer(ours("nc"), source, size, pipe)
                compare_transfers(f"TCP, 4 GiB from {name}", ours_now, lambda: transfer(peer, source, size, pipe), "nc.openbsd")
                if shutil.which("iperf3"):
                    compare_transfers(f"TCP, 4 GiB from {name}", ours_now, lambda: iperf3(size), "iperf3")
                else:
                    missing("iperf3")
                if pipe:
                    compare_transfers(f"TCP, 4 GiB from {name}", ours_now, lambda: feeder(source, size), "dd alone")
            compare("-z, 65,535 ports of loopback", "s", lambda: scanned(ours("nc"), "127.0.0.1", "1-65535"),
                    lambda: scanned(peer, "127.0.0.1", "1-65535"), "nc.openbsd")
            if os.geteuid() == 0 and shutil.which("ip"):
                compare("-z -w 1, 20 silent ports", "s", lambda: silent(ours("nc")), lambda: silent(peer), "nc.openbsd")
            for octets in (64, 1400):
                compare(f"UDP, datagrams of {octets} octets sent", "/s", lambda: on_the_wire(ours("nc"), octets),
                        lambda: on_the_wire(peer, octets), "nc.openbsd")
                compare(f"UDP, received of 200,000/s of {octets} octets", "%",
                        lambda: received_of_200000(ours("nc"), octets), lambda: received_of_200000(peer, octets),
                        "nc.openbsd")
            if shutil.which("ncat"):
                compare("-l -k, 1,000 clients connected and answered", "s", lambda: crowd(ours("nc"), 1000),
                        lambda: crowd(shutil.which("ncat"), 1000), "ncat -e /bin/cat")
            else:
                missing("ncat")
            took, memory = zip(*(crowd(ours("nc"), 10_000, both=True) for _ in range(ROUNDS)))
            print(f"| -l -k --app echo, 10,000 clients connected and answered | none | {statistics.median(took):.4g} s, "
                  f"resident {statistics.median(memory) / 1024:.4g} MiB | - | - |", flush=True)
            compare("start-up, nc -h", "s", lambda: start_up([ours("nc"), "-h"]),
                    lambda: start_up([peer, "-h"]), "nc.openbsd")
        else:
            missing("nc.openbsd")
        if peer := shutil.which("dig"):
            compare("start-up, dig -v", "s", lambda: start_up([ours("dig"), "-v"]),
                    lambda: start_up([peer, "-v"]), "dig")
        else:
            missing("dig")
        if peer := shutil.which("ss"):
            compare("ports -tanp", "s", lambda: timed([ours("ports"), "-tanp"]), lambda: timed([peer, "-tanp"]), "ss")
        else:
            missing("ss")
        path = os.path.join(folder, "udp.pcap")
        capture(path, 200_000)
        verify = lambda: timed([ours("netsum"), "verify", path])
        if peer := shutil.which("tcpdump"):
            compare("verify 200,000 datagrams", "s", verify, lambda: timed([peer, "-nn", "-vv", "-r", path]), "tcpdump -vv")
        else:
            missing("tcpdump")
        if peer := shutil.which("tshark"):
            checks = ["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", "udp.checksum.status==0"]
            compare("verify 200,000 datagrams", "s", verify, lambda: timed([peer, "-n", "-r", path, *checks]), "tshark")
        else:
            missing("tshark")


main()

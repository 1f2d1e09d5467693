"""Measures the suite's headline figures beside the installed peers, and prints medians and ratios.

Rounds of ours and theirs alternate, so that a noisy neighbour hits both. Everything stays on loopback.
"""

import os
import shutil
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


def transfer(tool, source, size):
    """GiB/s of one transfer from a file through a pair of `tool` to /dev/null."""
    with open(os.devnull, "wb") as sink, open(source, "rb") as data:
        listener = subprocess.Popen([tool, "-l", "-n", "127.0.0.1", str(PORT)], stdin=subprocess.DEVNULL, stdout=sink)
        while not listening(PORT):
            if listener.poll() is not None:
                raise SystemExit(f"{tool} -l ended with {listener.returncode}")
        start = time.perf_counter()
        subprocess.run([tool, "-n", "-N", "127.0.0.1", str(PORT)], check=True, stdin=data, stdout=subprocess.DEVNULL)
        listener.wait()
        return size / (1 << 30) / (time.perf_counter() - start)


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


def main():
    print(f"Medians of {ROUNDS} alternating rounds, {os.cpu_count()} cores.\n")
    print("| what | peer | ours | theirs | ours/theirs |")
    print("| --- | --- | --- | --- | --- |")
    ours = lambda name: os.path.join(BIN, name)
    with tempfile.TemporaryDirectory() as folder:
        if peer := shutil.which("nc.openbsd"):
            size = 2 << 30
            source = os.path.join(folder, "zeros")
            with open(source, "wb") as file:
                file.truncate(size)
            compare("TCP, 2 GiB from a file", "GiB/s", lambda: transfer(ours("nc"), source, size),
                    lambda: transfer(peer, source, size), "nc.openbsd")
            compare("start-up, nc -h", "s", lambda: timed([ours("nc"), "-h"]), lambda: timed([peer, "-h"]), "nc.openbsd")
        if peer := shutil.which("dig"):
            compare("start-up, dig -v", "s", lambda: timed([ours("dig"), "-v"]), lambda: timed([peer, "-v"]), "dig")
        if peer := shutil.which("ss"):
            compare("ports -tanp", "s", lambda: timed([ours("ports"), "-tanp"]), lambda: timed([peer, "-tanp"]), "ss")
        path = os.path.join(folder, "udp.pcap")
        capture(path, 200_000)
        verify = lambda: timed([ours("netsum"), "verify", path])
        if peer := shutil.which("tcpdump"):
            compare("verify 200,000 datagrams", "s", verify, lambda: timed([peer, "-nn", "-vv", "-r", path]), "tcpdump -vv")
        if peer := shutil.which("tshark"):
            checks = ["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", "udp.checksum.status==0"]
            compare("verify 200,000 datagrams", "s", verify, lambda: timed([peer, "-n", "-r", path, *checks]), "tshark")


main()

"""What faults do to whatever moves octets: benches/faults.py BIN

BIN is a folder of executables. Each job is run once undisturbed and once for each fault, in a network namespace of its own with a
small server for echo and DNS. A job has come through if it printed the same octets with the same status. Otherwise it must have
said so: what it printed is the beginning of what it was to print, with a status and a message, or, where the reader of its output
left, with neither. Anything else ends the script with an error. Prints a table in Markdown. Needs root, and strace for what it
injects.
"""

import collections
import ctypes
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

BIN = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
DNS = "@127.0.0.1 -p 5300 +norec +noedns +tries=2 +time=20 +short".split()
READS = "read,readv,pread64,recvfrom,recvmsg,recvmmsg"
WRITES = "write,writev,sendto,sendmsg,sendmmsg,splice,tee"
WAITS = "poll,ppoll,epoll_wait,epoll_pwait,epoll_pwait2,select,accept4,wait4,waitid"
# What a job prints differs from run to run only by these.
TIMES = re.compile(rb"\d+\.\d+( ms| s)?")

# Name, command line, file on standard input, and whether its output is the same octets each time.
JOBS = [
    ("nc, both directions", "nc -N 127.0.0.1 7000", "octets", True),
    ("nc -C", "nc -N -C 127.0.0.1 7000", "urls", True),
    ("nc -o FILE", "nc -N -o dump.txt 127.0.0.1 7000", "octets", True),
    ("nc --ssl", "nc -N --ssl --no-ssl-verify 127.0.0.1 7443", "octets", True),
    ("dig, UDP", "dig $DNS n1.test", None, True),
    ("dig, TCP", "dig $DNS +tcp n1.test", None, True),
    ("dig -f FILE", "dig $DNS -f names", None, True),
    ("dig -f - +tcp", "dig $DNS +tcp -f -", "names", True),
    ("netsum verify FILE", "netsum verify --all c.pcap", None, True),
    ("netsum verify -", "netsum verify --all --json -", "c.pcap", True),
    ("netsum fix - -", "netsum fix - -", "c.pcap", True),
    ("url -f FILE", "url --json -f urls", None, True),
    ("url -f -", "url -f -", "urls", True),
    ("addr -f -", "addr -f - --get {decimal}", "addrs", True),
    ("ports -tln", "ports -tln", None, True),
    ("hop ping", "hop ping -q -c 3 -i 0.01 127.0.0.1", None, False),
    ("hop trace", "hop trace -q 1 127.0.0.1", None, False),
    ("lab run", "lab run tour --fast", None, None),
]


def inject(calls, error, when):
    return ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={when}"]


# Name, what stands before the command, the line of bash(1) around it, and whether the reader of the output leaves.
FAULTS = [
    ("EINTR, every second read", inject(READS, "EINTR", "9+2"), None, False),
    ("EINTR, every second write", inject(WRITES, "EINTR", "1+2"), None, False),
    ("EINTR, every second wait", inject(WAITS, "EINTR", "1+2"), None, False),
    ("ENOBUFS, every second send", inject("sendto,sendmsg,sendmmsg", "ENOBUFS", "2+2"), None, False),
    ("output is /dev/full", [], '"$@" > /dev/full', False),
    ("output is a disk of 16 KiB", [], '"$@" > small/out; s=$?; cat small/out; : > small/out; exit $s', False),
    ("output is closed", [], '"$@" >&-', False),
    ("output may only be read", [], '"$@" 1< /dev/null', False),
    ("reader takes one octet and leaves", [], '"$@" | head -c 1; exit ${PIPESTATUS[0]}', True),
    ("reader leaves, SIGPIPE ignored", [], 'trap "" PIPE; "$@" | true; exit ${PIPESTATUS[0]}', True),
    ("reader takes little at a time", [], '"$@" | dd bs=257 iflag=fullblock status=none; exit ${PIPESTATUS[0]}', False),
]
Told = collections.namedtuple("Told", "status out err")


def checksum(octets):
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def packet(number):
    udp = struct.pack("!HHHHH", 1000, 2000, 10, number % 3 == 0, number)
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 30, number, 0, 64, 17, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + udp


def make_files():
    with open("c.pcap", "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number in range(1000):
            file.write(struct.pack("<IIII", number, 0, 30, 30) + packet(number))
    lines = {
        "urls": [f"http://h{number}.example/p/{number}?q={number}#f" for number in range(3000)],
        "addrs": [f"10.{number >> 8 & 255}.{number & 255}.1" for number in range(20000)],
        "names": [f"n{number}.test" for number in range(2000)],
    }
    for name, text in lines.items():
        with open(name, "w", encoding="ascii") as file:
            file.write("\n".join(text) + "\n")
    with open("octets", "wb") as file:
        file.write(random.Random(1).randbytes(3_000_000))
    os.mkdir("small")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", "small"], check=True)


def answer(query):
    end = query.index(0, 12) + 5
    total = sum(octet * place for place, octet in enumerate(query[12:end], 1)) & 0xFFFFFF
    return query[:2] + bytes([0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]) + query[12:end] + struct.pack(
        "!HHHIHI", 0xC00C, 1, 1, 60, 4, 0x0A000000 + total)


def answer_stream(client):
    while len(length := client.recv(2, socket.MSG_WAITALL)) == 2:
        told = answer(client.recv(struct.unpack("!H", length)[0], socket.MSG_WAITALL))
        client.sendall(struct.pack("!H", len(told)) + told)


def echo(client):
    while octets := client.recv(1 << 16):
        client.sendall(octets)


def serve():
    def accept(port, talk):
        listener = socket.create_server(("127.0.0.1", port), backlog=500)

        def guarded(client):
            with client:
                try:
                    talk(client)
                except OSError:
                    pass

        def forever():
            while True:
                threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=forever, daemon=True).start()

    def datagrams():
        while True:
            query, peer = server.recvfrom(4096)
            server.sendto(answer(query), peer)

    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 5300))
    threading.Thread(target=datagrams, daemon=True).start()
    accept(5300, answer_stream)
    accept(7000, echo)
    tls = subprocess.Popen([os.path.join(BIN, "nc"), "-lkn", "--ssl", "--app", "echo", "127.0.0.1", "7443"],
                           stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", 7443)).close()
            return tls
        except ConnectionRefusedError:
            time.sleep(0.01)


def run(line, stdin, before, shell):
    words = [word for part in line.split(" ") for word in (DNS if part == "$DNS" else [part])]
    command = [*before, os.path.join(BIN, words[0]), *words[1:]]
    if shell:
        command = ["bash", "-c", shell, "bash", *command]
    with open(stdin or os.devnull, "rb") as file:
        ended = subprocess.run(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100, check=False)
    return Told(ended.returncode, ended.stdout, ended.stderr.decode(errors="replace").strip())


def stopped(line, stdin):
    """The job with SIGSTOP and SIGCONT at every few octets that it prints, as long as it runs."""
    words = [word for part in line.split(" ") for word in (DNS if part == "$DNS" else [part])]
    with open(stdin or os.devnull, "rb") as file, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([os.path.join(BIN, words[0]), *words[1:]], stdin=file, stdout=subprocess.PIPE, stderr=errors)
        parts = []
        while True:
            for number in (signal.SIGSTOP, signal.SIGCONT):
                process.send_signal(number)
            part = os.read(process.stdout.fileno(), 4001)
            if not part:
                break
            parts.append(part)
        status = process.wait(100)
        errors.seek(0)
        return Told(status, b"".join(parts), errors.read().decode(errors="replace").strip())


def without_blocking(line, stdin):
    """The job with a standard output that does not block, and a reader that is slower."""
    words = [word for part in line.split(" ") for word in (DNS if part == "$DNS" else [part])]
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with open(stdin or os.devnull, "rb") as file, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([os.path.join(BIN, words[0]), *words[1:]], stdin=file, stdout=writer, stderr=errors)
        os.close(writer)
        parts = []
        while part := os.read(reader, 4001):
            parts.append(part)
        os.close(reader)
        status = process.wait(100)
        errors.seek(0)
        return Told(status, b"".join(parts), errors.read().decode(errors="replace").strip())


def outcome(expected, told, is_exact, reader_leaves):
    """What became of it in words, and whether that is right."""
    same = told.out == expected.out
    if is_exact is False:
        same = TIMES.sub(b"", told.out) == TIMES.sub(b"", expected.out)
    elif is_exact is None:
        # A run of processes is told in the order in which things happen; what counts is that all checks hold.
        same = told.status == 0 and b"checks passed" in told.out
    if same and told.status == expected.status:
        return "the same", True
    is_beginning = expected.out.startswith(told.out) or is_exact is not True
    what = f"{len(told.out):,} of {len(expected.out):,} octets" if told.out else "nothing"
    if b";; communications error" in told.out:
        return "the error, as dig does", True
    if not is_beginning:
        return "OTHER OCTETS", False
    if reader_leaves and told.status == 0 and told.err in ("", expected.err):
        return what + ", quiet", True
    return what, told.status != 0 and told.err != ""


def listed(names):
    """The jobs by name, or those that are missing, whichever is shorter."""
    missing = [name for name, *_ in JOBS if name not in names]
    if len(missing) >= len(names):
        return "; ".join(names)
    return "all but " + "; ".join(missing) if missing else "all"


def main():
    if BIN is None:
        raise SystemExit(__doc__)
    libc = ctypes.CDLL(None, use_errno=True)
    # A network and a mount namespace.
    if libc.unshare(0x40000000 | 0x00020000):
        raise SystemExit(f"benches/faults: unshare: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_files()
        tls = serve()
        special = [("SIGSTOP and SIGCONT all the time", stopped), ("output does not block", without_blocking)]
        rows = collections.OrderedDict()
        for name, line, stdin, is_exact in JOBS:
            expected = run(line, stdin, [], None)
            told = [(fault, run(line, stdin, before, shell), leaves) for fault, before, shell, leaves in FAULTS]
            told += [(fault, do(line, stdin), False) for fault, do in special]
            for fault, became, leaves in told:
                words, right = outcome(expected, became, is_exact, leaves)
                wrong += not right
                message = became.err.splitlines()[-1] if became.err and became.err != expected.err else ""
                if right and "octets" in words:
                    words = "the beginning" + ", quiet" * words.endswith("quiet")
                status = became.status if became.status != expected.status else "-"
                key = (fault, words, status, message.partition(": ")[2])
                rows.setdefault(key, []).append(name)
        tls.kill()
        tls.wait()
        print("| fault | what is printed | other status | message | of |")
        print("| --- | --- | --- | --- | --- |")
        order = [fault for fault, *_ in FAULTS] + [fault for fault, _ in special]
        for (fault, words, status, message), names in sorted(rows.items(), key=lambda row: order.index(row[0][0])):
            print(f"| {fault} | {words} | {status} | {message} | {listed(names)} |")
        subprocess.run(["umount", "small"], check=True)
        os.chdir("/")
    if wrong:
        raise SystemExit(f"{wrong} outcomes are wrong")


main()

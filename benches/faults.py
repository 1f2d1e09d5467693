"""What faults do to whatever moves octets: benches/faults calls it, in namespaces of its own (network, mounts, processes).

    faults.py BIN

BIN is a folder of executables. Each job is run once undisturbed and once for each fault, beside a small server for echo and
DNS, over TLS and HTTPS too. A job has come through if it printed the same octets with the same status. Otherwise it must have
said so: what it printed is the beginning of what it was to print, with a status and a message, or, where the reader of its
output left, with neither. Anything else ends the script with an error. Prints a table in Markdown. Needs root, openssl for a
certificate, and strace for what it injects.
"""

import collections
import contextlib
import os
import random
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

BIN = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
DNS = "@127.0.0.1 -p 5300 +norec +noedns +tries=2 +time=20 +short"
VARIABLES = {"$DNS": DNS.split(), "$DOH": DNS.replace("5300", "5443 +https").split()}
READS = "read,readv,pread64,recvfrom,recvmsg,recvmmsg"
WRITES = "write,writev,sendto,sendmsg,sendmmsg,splice,tee"
WAITS = "poll,ppoll,epoll_wait,epoll_pwait,epoll_pwait2,select,accept4,wait4,waitid"
# What a job prints differs from run to run only by these: times, and which process that was.
TIMES = re.compile(rb"(\d\d:\d\d:)?\d+\.\d+( ms| s)?|(more than )?~?\d+ [mu]?s\b|  python3\[\d+\]")
# How many lines come of the frames, the connections and the datagrams that somebody else sends.
MANY = 200


def datagrams(stop):
    """Numbered datagrams, once somebody takes them."""
    wait_for(stop, "/proc/net/udp", lambda fields: fields[1].endswith(f":{7400:04X}"))
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for number in range(MANY):
        sender.sendto(b"datagram %03d\n" % number, ("127.0.0.1", 7400))


def frames(stop):
    """The same damaged frame again and again: nobody answers it."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    while not stop.wait(0.002):
        sender.sendto(packet(3, 127), ("127.0.0.1", 0))


def connections(stop):
    """One connection after the other between the same ends, each reset, once somebody has asked to be told."""
    # NETLINK_SOCK_DIAG is 4; who listens has groups.
    wait_for(stop, "/proc/net/netlink", lambda fields: fields[1] == "4" and int(fields[3], 16))
    stop.wait(0.5)
    with socket.create_server(("127.0.0.1", 7200)) as listener:
        while not stop.wait(0.02):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.bind(("127.0.0.1", 7201))
            client.connect(("127.0.0.1", 7200))
            server = listener.accept()[0]
            # As long as it takes to be listed: a connection is known by its end alone otherwise.
            stop.wait(0.5)
            client.close()
            server.close()


def wait_for(stop, table, is_there):
    while not stop.wait(0.01):
        with open(table, encoding="ascii") as file:
            if any(is_there(line.split()) for line in list(file)[1:]):
                return


Job = collections.namedtuple("Job", "name line stdin is_exact feeder", defaults=[None])
# Name, command line, file on standard input, whether its output is the same octets each time (None: only that all checks hold),
# and what somebody else does meanwhile.
JOBS = [
    Job("nc, both directions", "nc -N 127.0.0.1 7000", "octets", True),
    Job("nc -C", "nc -N -C 127.0.0.1 7000", "urls", True),
    Job("nc -o FILE", "nc -N -o dump.txt 127.0.0.1 7000", "octets", True),
    Job("nc --ssl", "nc -N --ssl --no-ssl-verify 127.0.0.1 7443", "octets", True),
    Job("nc -u", "nc -u -w 3 --datagram 13 -W 200 127.0.0.1 7000", "records", True),
    Job("nc -ul", "nc -ul -w 3 -W 200 127.0.0.1 7400", None, True, datagrams),
    Job("dig, UDP", "dig $DNS n1.test", None, True),
    Job("dig, TCP", "dig $DNS +tcp n1.test", None, True),
    Job("dig -f FILE", "dig $DNS -f names", None, True),
    Job("dig -f - +tcp", "dig $DNS +tcp -f -", "names", True),
    Job("dig, DoH", "dig $DOH n1.test", None, True),
    Job("dig -f FILE, DoH", "dig $DOH -f some", None, True),
    Job("netsum verify FILE", "netsum verify --all c.pcap", None, True),
    Job("netsum verify -", "netsum verify --all --json -", "c.pcap", True),
    Job("netsum fix - -", "netsum fix - -", "c.pcap", True),
    Job("netsum verify --live", "netsum verify --all --live lo -c 400", None, True, frames),
    Job("url -f FILE", "url --json -f urls", None, True),
    Job("url -f -", "url -f -", "urls", True),
    Job("addr -f -", "addr -f - --get {decimal}", "addrs", True),
    Job("ports -tln", "ports -tln", None, True),
    Job("ports watch", "ports watch -t -c 12 sport = :7201", None, False, connections),
    Job("ports log", "ports log -t -c 3 sport = :7201", None, False, connections),
    Job("hop ping", "hop ping -q -c 3 -i 0.01 127.0.0.1", None, False),
    Job("hop trace", "hop trace -q 1 127.0.0.1", None, False),
    Job("lab run", "lab run tour --fast", None, None),
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


def packet(number, net=10):
    udp = struct.pack("!HHHHH", 1000, 2000, 10, number % 3 == 0, number)
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 30, number, 0, 64, 17, 0, bytes([net, 0, 0, 1]), bytes([net, 0, 0, 2]))
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
        "some": [f"n{number}.test" for number in range(MANY)],
        "records": [f"datagram {number:03}" for number in range(MANY)],
    }
    for name, text in lines.items():
        with open(name, "w", encoding="ascii") as file:
            file.write("\n".join(text) + "\n")
    with open("octets", "wb") as file:
        file.write(random.Random(1).randbytes(3_000_000))
    certify = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 2 -keyout key.pem -out cert.pem"
    subprocess.run(certify.split(), check=True, stderr=subprocess.DEVNULL)
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


def answer_http(client):
    """What HTTP/2 (RFC 9113) needs to bring queries, of which only the content is read, and their answers."""
    def send(kind, flags, stream, octets=b""):
        client.sendall(struct.pack("!I", len(octets))[1:] + struct.pack("!BBI", kind, flags, stream) + octets)

    def exactly(count):
        parts = b""
        while len(parts) < count:
            part = client.recv(count - len(parts))
            if not part:
                raise ConnectionResetError
            parts += part
        return parts

    data, headers, settings, ping, queries = 0, 1, 4, 6, collections.defaultdict(bytes)
    exactly(24)
    send(settings, 0, 0)
    while True:
        length, kind, flags, stream = struct.unpack("!IBBI", b"\0" + exactly(9))
        content = exactly(length)
        if kind in (settings, ping) and not flags & 1:
            send(kind, 1, 0, content if kind == ping else b"")
        elif kind == data:
            queries[stream] += content
            if flags & 1:
                # HPACK (RFC 7541): 0x88 is ":status: 200", 0x0f 0x10 a literal content-type.
                send(headers, 4, stream, b"\x88\x0f\x10\x17application/dns-message")
                send(data, 1, stream, answer(queries.pop(stream)))


def echo(client):
    while octets := client.recv(1 << 16):
        client.sendall(octets)


def serve():
    def accept(port, talk, context=None):
        listener = socket.create_server(("127.0.0.1", port), backlog=500)

        def guarded(client):
            with client:
                try:
                    if context:
                        client = context.wrap_socket(client, server_side=True)
                    talk(client)
                except OSError:
                    pass

        def forever():
            while True:
                threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=forever, daemon=True).start()

    def reply(port, say):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", port))

        def forever():
            while True:
                came, peer = server.recvfrom(1 << 16)
                server.sendto(say(came), peer)

        threading.Thread(target=forever, daemon=True).start()

    reply(5300, answer)
    reply(7000, bytes)
    accept(5300, answer_stream)
    accept(7000, echo)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("cert.pem", "key.pem")
    context.set_alpn_protocols(["h2"])
    accept(5443, answer_http, context)
    tls = subprocess.Popen([os.path.join(BIN, "nc"), "-lkn", "--ssl", "--app", "echo", "127.0.0.1", "7443"],
                           stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", 7443)).close()
            return tls
        except ConnectionRefusedError:
            time.sleep(0.01)


def command_of(job):
    words = [word for part in job.line.split(" ") for word in VARIABLES.get(part, [part])]
    return [os.path.join(BIN, words[0]), *words[1:]]


@contextlib.contextmanager
def fed(job):
    """Standard input of the job, while somebody else does what it is to see."""
    stop = threading.Event()
    feeder = threading.Thread(target=job.feeder, args=(stop,)) if job.feeder else None
    if feeder:
        feeder.start()
    try:
        with open(job.stdin or os.devnull, "rb") as file:
            yield file
    finally:
        stop.set()
        if feeder:
            feeder.join()


def run(job, before, shell):
    command = [*before, *command_of(job)]
    if shell:
        command = ["bash", "-c", shell, "bash", *command]
    with fed(job) as file:
        ended = subprocess.run(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100, check=False)
    return Told(ended.returncode, ended.stdout, ended.stderr.decode(errors="replace").strip())


def stopped(job):
    """The job with SIGSTOP and SIGCONT at every few octets that it prints, as long as it runs."""
    with fed(job) as file, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command_of(job), stdin=file, stdout=subprocess.PIPE, stderr=errors)
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


def without_blocking(job):
    """The job with a standard output that does not block, and a reader that is slower."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with fed(job) as file, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command_of(job), stdin=file, stdout=writer, stderr=errors)
        os.close(writer)
        parts = []
        while part := os.read(reader, 4001):
            parts.append(part)
        os.close(reader)
        status = process.wait(100)
        errors.seek(0)
        return Told(status, b"".join(parts), errors.read().decode(errors="replace").strip())


def is_among(some, many):
    """Whether all lines of one text are in the other, in the same order."""
    lines = iter(many.splitlines())
    return all(line in lines for line in some.splitlines())


def outcome(expected, told, is_exact, reader_leaves):
    """What became of it in words, and whether that is right."""
    same = told.out == expected.out
    if is_exact is False:
        same = TIMES.sub(b"", told.out) == TIMES.sub(b"", expected.out)
    elif is_exact is None:
        # A run of processes is told in the order in which things happen; what counts is that all checks hold.
        same = told.status == 0 and b"checks passed" in told.out
        if told.status == 1 and b" failed:\n" in told.out:
            return "which checks failed, and why", True
    if same and told.status == expected.status:
        return "the same", True
    is_beginning = expected.out.startswith(told.out) or is_exact is None
    if is_exact is False:
        # The last line may end in the middle of a time.
        whole = told.out[: told.out.rfind(b"\n") + 1]
        is_beginning = TIMES.sub(b"", expected.out).startswith(TIMES.sub(b"", whole))
    what = f"{len(told.out):,} of {len(expected.out):,} octets" if told.out else "nothing"
    if b";; communications error" in told.out or told.out.startswith(b";; Connection to"):
        return "the error, as dig does", True
    if " did not go out" in told.err and is_among(told.out, expected.out):
        return "the datagrams that went out", True
    if not is_beginning:
        return "OTHER OCTETS", False
    if reader_leaves and told.status == 0 and told.err in ("", expected.err):
        return what + ", quiet", True
    return what, told.status != 0 and told.err != ""


def listed(names):
    """The jobs by name, or those that are missing, whichever is shorter."""
    missing = [job.name for job in JOBS if job.name not in names]
    if len(missing) >= len(names):
        return "; ".join(names)
    return "all but " + "; ".join(missing) if missing else "all"


def main():
    if BIN is None:
        raise SystemExit(__doc__)
    if os.getpid() != 1:
        raise SystemExit("benches/faults: start benches/faults, which makes the namespaces")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_files()
        tls = serve()
        special = [("SIGSTOP and SIGCONT all the time", stopped), ("output does not block", without_blocking)]
        rows = collections.OrderedDict()
        for job in JOBS:
            expected = run(job, [], None)
            told = [(fault, run(job, before, shell), leaves) for fault, before, shell, leaves in FAULTS]
            told += [(fault, do(job), False) for fault, do in special]
            for fault, became, leaves in told:
                words, right = outcome(expected, became, job.is_exact, leaves)
                wrong += not right
                message = became.err.splitlines()[-1] if became.err and became.err != expected.err else ""
                if right and "octets" in words:
                    words = "the beginning" + ", quiet" * words.endswith("quiet")
                status = became.status if became.status != expected.status else "-"
                key = (fault, words, status, message.partition(": ")[2])
                rows.setdefault(key, []).append(job.name)
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

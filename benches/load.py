"""nc under load, octet for octet: benches/load calls it, in a network and PID namespace of its own.

    load.py NC [MINUTES [CLIENTS [SEED]]]

Every connection sends its own part of one pattern that does not repeat within a million octets, and expects it back. What a
client does is drawn from a seed, which is printed. Clients are spread over processes, and these over source addresses, so
that no ports run out. Two of the processes are stopped and continued, and killed and started again, and so is stopped and
continued nc itself. Samples /proc/PID of nc every five seconds.
"""

import collections
import errno
import heapq
import multiprocessing
import os
import random
import resource
import select
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

HOST = "127.0.0.1"
PORT = 7007
PERIOD = 1_000_003
ROOM = 1 << 16
SAMPLE = 5
# When all have left, nc gives memory back within a second; a machine that is busy may need more.
AFTER = 5
# How a client behaves, and how often it is drawn. Those in capitals leave without an end: nothing is owed to them.
KINDS = {"burst": 50, "eager": 12, "large": 2, "slow": 8, "quiet": 18, "RESET": 4, "MUTE": 2, "VANISH": 4}
COUNTERS = ["begun", "ended", "whole", "cut", "sent", "received", "lost", "doubled", "changed", "failed"] + list(KINDS)


class Pattern:
    """Octets of which every connection has a part of its own."""

    def __init__(self, seed):
        octets = random.Random(seed).randbytes(PERIOD)
        self.octets = memoryview(octets + octets[:ROOM])

    def at(self, place, most):
        place %= PERIOD
        return self.octets[place : place + min(most, ROOM)]

    def differing(self, place, came):
        """How many octets of `came` are not those from `place` on."""
        wrong = 0
        for cut in range(0, len(came), ROOM):
            part = came[cut : cut + ROOM]
            wanted = self.at(place + cut, len(part))
            if wanted != part:
                wrong += sum(a != b for a, b in zip(wanted, part))
        return wrong


class Client:
    """One place that is taken by one connection after another."""

    def __init__(self, group, number):
        self.group, self.number = group, number
        self.socket, self.version = None, 0

    def draw(self, low, high):
        """Small numbers as often as large ones."""
        return int(low * (high / low) ** self.group.random.random())

    def begin(self):
        random_, group = self.group.random, self.group
        self.kind = random_.choices(list(KINDS), KINDS.values())[0]
        self.start, self.sent, self.received = random_.randrange(PERIOD), 0, 0
        self.target, self.bursts, self.shut, self.reads = 0, 1, False, True
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        if self.kind in ("slow", "MUTE"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if self.kind == "MUTE":
            # It fills what buffers there are, which need not be all of the kernel's memory.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
        # IP_BIND_ADDRESS_NO_PORT: the port is chosen by connect(2), among those free for this peer.
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)
        self.socket.bind((f"127.0.{group.number + 1}.{self.number % 250 + 1}", 0))
        try:
            self.socket.connect((HOST, PORT))
        except BlockingIOError:
            pass
        group.count("begun")
        group.count(self.kind)
        group.places[self.socket.fileno()] = self
        group.epoll.register(self.socket, 0)
        self.plan()
        self.watch()

    def plan(self):
        """What this kind of client does first."""
        random_ = self.group.random
        if self.kind == "burst":
            self.bursts = random_.randint(1, 15)
            self.target = self.draw(1, 32768)
        elif self.kind == "large":
            self.target = self.draw(1 << 18, 1 << 22)
        elif self.kind == "MUTE":
            self.target, self.reads = 1 << 30, False
            self.later(random_.uniform(5, 60))
        elif self.kind == "VANISH":
            self.later(0)
        elif self.kind == "RESET":
            self.target = self.draw(1, 1 << 17)
            self.later(random_.uniform(0, 3))
        elif self.kind == "quiet":
            self.later(random_.uniform(5, 90))
        else:
            self.target = self.draw(1, 32768)

    def later(self, seconds):
        self.version += 1
        self.group.alarm(time.monotonic() + seconds, self)

    def watch(self):
        if self.socket is None:
            return
        events = select.EPOLLIN if self.reads else 0
        if self.sent < self.target or (self.is_eager() and not self.shut):
            events |= select.EPOLLOUT
        self.group.epoll.modify(self.socket, events)

    def is_eager(self):
        return self.kind in ("eager", "large", "slow") or self.group.ending

    def tick(self):
        """The time that this client waited for has come."""
        if self.socket is None:
            if not self.group.ending:
                self.begin()
            return
        if self.group.ending and not self.kind.isupper():
            return
        if self.kind in ("RESET", "MUTE"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.leave("cut")
        elif self.kind == "VANISH":
            self.leave("cut")
        elif self.kind == "slow":
            self.reads = True
        elif self.kind == "quiet":
            self.target = 1
        else:
            self.target += self.draw(1, 32768)
        self.watch()

    def finish(self):
        """The run is over: what was begun is brought to its end."""
        if self.socket is None:
            return
        if self.kind.isupper():
            self.tick()
        else:
            self.reads, self.bursts = True, 1
            self.watch()

    def ready(self, events):
        try:
            if events & select.EPOLLOUT:
                self.send()
            if self.socket is not None and events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                self.receive()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EINTR):
                return
            if self.kind.isupper():
                self.leave("cut")
            else:
                self.group.tell(f"{self.kind} {self.socket.getsockname()}: {error}, sent {self.sent}, received {self.received}")
                self.leave("failed")
        self.watch()

    def send(self):
        if self.sent < self.target:
            count = self.socket.send(self.group.pattern.at(self.start + self.sent, self.target - self.sent))
            self.sent += count
            self.group.count("sent", count)
        if self.sent == self.target and self.is_eager() and not self.shut:
            self.socket.shutdown(socket.SHUT_WR)
            self.shut = True

    def receive(self):
        if not self.reads:
            return
        octets = self.socket.recv(512 if self.kind == "slow" and not self.group.ending else ROOM)
        if not octets:
            self.judge_end()
            return
        self.group.count("received", len(octets))
        self.group.count("changed", self.group.pattern.differing(self.start + self.received, octets))
        self.received += len(octets)
        if self.kind == "slow" and not self.group.ending:
            self.reads = False
            self.later(self.group.random.uniform(0.01, 0.1))
        elif self.received == self.sent == self.target and not self.shut and not self.kind.isupper():
            self.bursts -= 1
            if self.bursts <= 0:
                self.socket.shutdown(socket.SHUT_WR)
                self.shut = True
            else:
                self.later(self.group.random.expovariate(1 / 2))

    def judge_end(self):
        if self.kind.isupper():
            self.leave("cut")
            return
        if not self.shut:
            self.group.tell(f"{self.kind} {self.socket.getsockname()}: ended by nc, sent {self.sent}, received {self.received}")
            self.leave("failed")
            return
        self.group.count("lost", max(0, self.sent - self.received))
        self.group.count("doubled", max(0, self.received - self.sent))
        self.group.count("whole", self.sent)
        self.leave("ended")

    def leave(self, how):
        self.group.count(how)
        del self.group.places[self.socket.fileno()]
        self.socket.close()
        self.socket = None
        self.later(self.group.random.expovariate(1))


class Group:
    """The clients of one process."""

    def __init__(self, number, size, seed, pattern, counters, until):
        self.number, self.pattern, self.counters, self.until = number, pattern, counters, until
        self.random = random.Random(seed)
        self.epoll, self.places, self.alarms, self.ending = select.epoll(), {}, [], False
        self.clients = [Client(self, index) for index in range(size)]
        self.order = 0

    def count(self, what, number=1):
        self.counters[COUNTERS.index(what)] += number

    def tell(self, text):
        print(text, file=sys.stderr, flush=True)

    def alarm(self, when, client):
        self.order += 1
        heapq.heappush(self.alarms, (when, self.order, client, client.version))

    def run(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for client in self.clients:
            # Not all at once: ten thousand within ten seconds.
            self.alarm(time.monotonic() + self.random.uniform(0, 10), client)
        while not self.ending or self.places:
            now = time.monotonic()
            if now >= self.until and not self.ending:
                self.ending = True
                for client in self.clients:
                    client.finish()
            if now > self.until + 120:
                self.count("failed", len(self.places))
                for client in self.places.values():
                    self.tell(f"{client.kind} {client.socket.getsockname()}: no end, sent {client.sent}, received {client.received}")
                return
            while self.alarms and self.alarms[0][0] <= now:
                _, _, client, version = heapq.heappop(self.alarms)
                if client.version == version:
                    client.tick()
            wait = min(self.alarms[0][0] - now if self.alarms else 1, 1)
            for descriptor, events in self.epoll.poll(max(wait, 0), 1024):
                client = self.places.get(descriptor)
                if client is not None:
                    client.ready(events)


def work(*arguments):
    Group(*arguments).run()


class Sample:
    """What nc takes at one time."""

    def __init__(self, pid, begin):
        self.at = time.monotonic() - begin
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            rollup = dict(line.split(":", 1) for line in file if ":" in line.split()[0])
        self.pss, self.anon, self.rss = (int(rollup[name].split()[0]) for name in ("Pss", "Pss_Anon", "Rss"))
        self.load = os.getloadavg()[0]
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(") ", 1)[1].split()
        self.cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """One nc that listens."""

    def __init__(self, nc, *words, **options):
        self.process = subprocess.Popen([nc, *words, HOST, str(PORT)], stdin=subprocess.DEVNULL, **options)
        while not listening():
            if self.process.poll() is not None:
                raise SystemExit(f"{self.process.args} ended with {self.process.returncode}")
            time.sleep(0.01)
        self.begin, self.samples = time.monotonic(), []
        self.sample()

    def sample(self):
        self.samples.append(Sample(self.process.pid, self.begin))
        return self.samples[-1]

    def empty(self):
        """Waits until all clients have been let go, and takes the last sample some time after."""
        patience = time.monotonic() + 30
        while self.sample().descriptors > self.samples[0].descriptors and time.monotonic() < patience:
            time.sleep(0.2)
        time.sleep(AFTER)
        return self.sample()

    def end(self):
        self.process.terminate()
        return self.process.wait(10)


def listening():
    wanted = f":{PORT:04X} 00000000:0000 0A"
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(wanted in line for line in table)


class Crowd:
    """All groups of clients, and what is done to them."""

    def __init__(self, clients, minutes, seed, pattern):
        self.random, self.pattern = random.Random(seed), pattern
        self.until = time.monotonic() + minutes * 60
        # The last two are stopped, and killed, from outside.
        small = max(clients // 40, 1)
        self.sizes = [(clients - 2 * small + index) // 3 for index in range(3)] + [small, small]
        self.seeds = [seed * 1000 + index for index in range(len(self.sizes))]
        self.counters = [multiprocessing.Array("Q", len(COUNTERS), lock=False) for _ in self.sizes]
        self.processes = [self.start(index) for index in range(len(self.sizes))]
        self.stops = self.kills = self.server_stops = 0

    def start(self, index):
        arguments = (index, self.sizes[index], self.seeds[index], self.pattern, self.counters[index], self.until)
        process = multiprocessing.Process(target=work, args=arguments)
        process.start()
        return process

    def total(self, what):
        return sum(counters[COUNTERS.index(what)] for counters in self.counters)

    def disturb(self, server):
        """Something from outside, and how long until the next."""
        choice = self.random.random()
        if choice < 0.5:
            pause(self.processes[3].pid, self.random.uniform(0.1, 2))
            self.stops += 1
        elif choice < 0.8:
            pause(server.process.pid, self.random.uniform(0.05, 0.5))
            self.server_stops += 1
        else:
            self.processes[4].kill()
            self.processes[4].join()
            self.kills += 1
            self.seeds[4] += 1
            self.processes[4] = self.start(4)
        return self.random.uniform(1, 5)

    def run(self, server):
        disturbed, sampled = time.monotonic() + 10, server.begin
        while any(process.is_alive() for process in self.processes):
            now = time.monotonic()
            if now >= disturbed and now < self.until - 5:
                disturbed = now + self.disturb(server)
            if now >= sampled + SAMPLE:
                sampled += SAMPLE
                server.sample()
            time.sleep(0.1)
        for process in self.processes:
            if process.exitcode:
                raise SystemExit(f"a process of clients ended with {process.exitcode}")


def pause(pid, seconds):
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(pid, signal.SIGCONT)


def mib(kib):
    return f"{kib / 1024:.2f} MiB"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def head(*cells):
    print()
    row(*cells)
    row(*["---"] * len(cells))


def echo(nc, minutes, clients, seed, pattern):
    """The long run. Returns how many octets or connections went wrong."""
    server = Server(nc, "-lkn", "--app", "echo")
    before = server.samples[0]
    crowd = Crowd(clients, minutes, seed, pattern)
    crowd.run(server)
    took = time.monotonic() - server.begin
    busy, after = server.samples[1:], server.empty()
    status = server.end()
    total = crowd.total
    head(f"echo, {clients:,} clients, {minutes:g} minutes", "figure")
    row("clients at the same time, most", f"{max(sample.descriptors for sample in busy) - before.descriptors:,}")
    row("connections", f"{total('begun'):,} ({total('begun') / took:.0f} a second)")
    row("of which " + ", ".join(KINDS).lower(), ", ".join(f"{total(kind):,}" for kind in KINDS))
    row("brought to their end, every octet compared", f"{total('ended'):,} with {total('whole'):,} octets")
    row("reset, closed or killed by the client", f"{total('begun') - total('ended') - total('failed'):,}")
    row("octets sent, and that came back", f"{total('sent'):,}, {total('received'):,}")
    row("octets lost, doubled, changed", f"{total('lost')}, {total('doubled')}, {total('changed')}")
    row("connections that nc ended or refused", total("failed"))
    row("clients stopped and continued, killed; nc stopped and continued", f"{crowd.stops}, {crowd.kills}; {crowd.server_stops}")
    row("memory before (Pss, of which anonymous)", f"{mib(before.pss)}, {mib(before.anon)}")
    for minute in sorted({1, 5, round(minutes)}):
        if 1 <= minute <= minutes:
            # The last before it: at the end of the run clients leave.
            near = max((sample for sample in busy if sample.at <= minute * 60), key=lambda sample: sample.at)
            row(f"memory at minute {minute}", f"{mib(near.pss)}, {mib(near.anon)}, {near.descriptors - before.descriptors:,} clients")
    highest = max(busy, key=lambda sample: sample.pss)
    row("memory, highest", f"{mib(highest.pss)}, {mib(highest.anon)}, after {highest.at:.0f} s")
    row(f"memory {AFTER} s after all have left", f"{mib(after.pss)}, {mib(after.anon)}")
    row("descriptors before, after", f"{before.descriptors}, {after.descriptors}")
    row("processor time of nc", f"{after.cpu:.1f} s, {after.cpu / took * 100:.1f} % of one")
    row("load average of the machine, least and most", f"{min(s.load for s in busy):.1f}, {max(s.load for s in busy):.1f}")
    row("status after SIGTERM", status)
    wrong = total("lost") + total("doubled") + total("changed") + total("failed")
    return wrong + (after.descriptors != before.descriptors)


def connect(source=None):
    client = socket.socket()
    client.settimeout(60)
    if source:
        client.bind((source, 0))
    client.connect((HOST, PORT))
    return client


def exactly(client, count):
    """So many octets, or fewer if the end comes before."""
    parts, left = [], count
    while left:
        octets = client.recv(min(left, ROOM))
        if not octets:
            break
        parts.append(octets)
        left -= len(octets)
    return b"".join(parts)


def in_threads(jobs):
    """Runs all, and raises what one of them raised."""
    faults = []

    def guarded(job):
        try:
            job()
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def broker(nc, seed, pattern):
    """One speaks, all others hear the same, whatever the slow ones and those who leave do."""
    length, random_ = 4 << 20, random.Random(seed)
    server = Server(nc, "-lkn", "--broker")
    hearers = [connect() for _ in range(200)]
    leavers = [connect() for _ in range(50)]
    speaker = connect()
    while server.sample().descriptors < server.samples[0].descriptors + 251:
        time.sleep(0.01)
    wrong = []

    def hear(number, client):
        got = 0
        while got < length:
            # One in ten is slow: the others wait for it.
            octets = client.recv(2048 if number % 10 == 0 else ROOM)
            if not octets:
                break
            wrong.append(pattern.differing(got, octets))
            got += len(octets)
        wrong.append(abs(length - got))

    def leave(client, after):
        exactly(client, after)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    def speak():
        sent = 0
        while sent < length:
            sent += speaker.send(pattern.at(sent, length - sent))

    jobs = [speak] + [lambda n=n, c=c: hear(n, c) for n, c in enumerate(hearers)]
    jobs += [lambda c=c, a=random_.randrange(length): leave(c, a) for c in leavers]
    faults = in_threads(jobs)
    for client in [*hearers, speaker]:
        client.close()
    return report(server, "broker: 1 speaks, 200 hear, of whom 20 read 2 KiB at a time; 50 reset", 251, length * 200, sum(wrong), faults)


def chat(nc, seed):
    """Everybody hears each line of every other, whole, once, in order."""
    talkers, lines = 40, 250
    server = Server(nc, "-lkn", "--chat")
    clients = [connect() for _ in range(talkers)]
    while server.sample().descriptors < server.samples[0].descriptors + talkers:
        time.sleep(0.01)
    wrong = []

    def talk(number):
        random_, client = random.Random(seed + number), clients[number]
        text = b"".join(b"talker %d line %d %s\n" % (number, line, b"x" * random_.randrange(200)) for line in range(lines))
        while text:
            cut = random_.randrange(1, 2000)
            client.sendall(text[:cut])
            text = text[cut:]

    def hear(number):
        heard, expected = collections.Counter(), (talkers - 1) * lines
        file = clients[number].makefile("rb")
        while sum(heard.values()) < expected:
            line = file.readline()
            if not line:
                break
            words = line.split()
            if words[1:2] == [b"talker"]:
                wrong.append(int(words[4]) != heard[words[2]] or set(words[5:6]) > {b"x" * 200})
                heard[words[2]] += 1
        wrong.append(expected - sum(heard.values()))

    jobs = [lambda n=n: talk(n) for n in range(talkers)] + [lambda n=n: hear(n) for n in range(talkers)]
    faults = in_threads(jobs)
    for client in clients:
        client.close()
    return report(server, f"chat: {talkers} talk, {lines} lines each", talkers, 0, sum(wrong), faults)


def receiver(nc, seed, pattern):
    """One after the other through one listener to a pipe that is read slowly at first."""
    count = 10_000
    server = Server(nc, "-lkn", stdout=subprocess.PIPE)
    random_ = random.Random(seed)
    lengths = [int(10 ** random_.uniform(0, 4.5)) for _ in range(count)]
    numbers, lock, wrong, seen = iter(range(count)), threading.Lock(), [], set()

    def send():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            # As many addresses as it takes for the ports in TIME-WAIT.
            with connect(f"127.0.9.{number % 200 + 1}") as client:
                body = bytes(pattern.at(number * 7919, lengths[number]))
                client.sendall(struct.pack("!II", number, len(body)) + body)
                client.shutdown(socket.SHUT_WR)
                while client.recv(ROOM):
                    pass

    def read():
        out = server.process.stdout
        for _ in range(count):
            number, length = struct.unpack("!II", out.read(8))
            wrong.append(number in seen or length != min(lengths[number], ROOM))
            seen.add(number)
            wrong.append(pattern.differing(number * 7919, out.read(length)))
        wrong.append(count - len(seen))

    faults = in_threads([read] + [send] * 16)
    octets = sum(min(length, ROOM) + 8 for length in lengths)
    return report(server, "-lk to a pipe: one after the other", count, octets, sum(wrong), faults)


def encrypted(nc, seed, pattern):
    """Echo through TLS, with half-closes as close_notify."""
    server = Server(nc, "-lkn", "--ssl", "--app", "echo", stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    wrong, octets, places = [], [], 100

    def talk(number):
        random_ = random.Random(seed * 100 + number)
        for _ in range(5):
            length, start = int(10 ** random_.uniform(0, 5.5)), random_.randrange(PERIOD)
            client = context.wrap_socket(connect())
            sent = got = 0
            while got < length:
                if sent < length and (sent == got or random_.random() < 0.5):
                    sent += client.send(pattern.at(start + sent, min(length - sent, 20_000)))
                if got < sent:
                    came = client.recv(ROOM)
                    if not came:
                        break
                    wrong.append(pattern.differing(start + got, came))
                    got += len(came)
            wrong.append(abs(length - got))
            octets.append(length)
            if random_.random() < 0.8:
                client.unwrap().close()
            else:
                client.close()

    faults = in_threads([lambda n=n: talk(n) for n in range(places)])
    return report(server, "echo through TLS", places * 5, sum(octets), sum(wrong), faults)


def report(server, what, connections, octets, wrong, faults):
    for fault in faults:
        print(f"{what}: {fault}", file=sys.stderr)
    highest = max(sample.pss for sample in server.samples + [server.sample()])
    before, after = server.samples[0], server.empty()
    status = server.end()
    row(what, f"{connections:,}", f"{octets:,}" if octets else "-", wrong, mib(highest), f"{before.descriptors}, {after.descriptors}", status)
    return wrong + len(faults) + (before.descriptors != after.descriptors)


def set_up():
    """Loopback, long queues, and every port."""
    if os.getpid() != 1:
        raise SystemExit("benches/load: start benches/load, which makes the namespaces")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for name, value in {"core/somaxconn": "65535", "ipv4/ip_local_port_range": "1024 65535"}.items():
        with open(f"/proc/sys/net/{name}", "w", encoding="ascii") as file:
            file.write(value)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    nc = os.path.abspath(sys.argv[1])
    minutes, clients = float((sys.argv[2:] + ["10"])[0]), int((sys.argv[3:] + ["10000"])[0])
    seed = int((sys.argv[4:] + [""])[0] or random.SystemRandom().randrange(1 << 32))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    set_up()
    pattern = Pattern(seed)
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"Seed {seed}; {os.cpu_count()} processors, Linux {os.uname().release}, load before {load}.", flush=True)
    wrong = echo(nc, minutes, clients, seed, pattern)
    head("other ways to serve", "connections", "octets", "lost, doubled or changed", "memory, highest", "descriptors before, after", "status")
    wrong += broker(nc, seed, pattern) + chat(nc, seed) + receiver(nc, seed, pattern) + encrypted(nc, seed, pattern)
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"\nLoad after {load}.")
    if wrong:
        raise SystemExit(f"{wrong} things went wrong")


main()

"""What the benches share: the figures, runs by turns, what a process took, peers and their versions."""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


class Figure(NamedTuple):
    """A row of `benches/figures`."""

    key: str
    what: str
    peer: str
    unit: str
    wanted: str
    in_readme: bool

    @property
    def tool(self):
        return self.key.split(".")[0]

    @property
    def program(self):
        """What has to be installed for it, or nothing."""
        return "" if self.peer in ("-", "walking the frames") or self.peer.startswith("crate ") else self.peer.split()[0].rstrip(",")

    def holds(self, ours, theirs):
        """Whether it is as wanted."""
        if not self.wanted:
            return True
        sign, bound, *unit = self.wanted.split()
        value = ours if unit else ours / theirs
        return value <= float(bound) if sign == "<=" else value >= float(bound)


def figures():
    """All figures by their keys, in the order of the table."""
    found = {}
    with open(os.path.join(HERE, "figures"), encoding="ascii") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                key, what, peer, unit, wanted, readme = (cell.strip() for cell in line.split("|"))
                found[key] = Figure(key, what, peer, unit, wanted, readme == "*")
    return found


class Row(NamedTuple):
    """What was measured of a figure: medians, and over how many rounds. `theirs` is None without a peer."""

    ours: float
    theirs: float | None
    rounds: int


class Bench:
    """A run of the benches: where our executables are, how many rounds, and what has been measured."""

    def __init__(self, folder, rounds):
        self.folder = os.path.abspath(folder)
        self.rounds = rounds
        self.figures = figures()
        self.rows = {}
        self.missing = set()
        self.left_out = []

    def ours(self, tool):
        return os.path.join(self.folder, tool)

    def peer(self, name):
        """Where a peer is, or None if it is not installed."""
        path = installed(name)
        if path is None:
            self.missing.add(name)
        return path

    def row(self, key, ours, theirs=None, rounds=None):
        """Notes a figure. The key has to be in `benches/figures`, and to have a peer if and only if it was measured."""
        if (self.figures[key].peer == "-") != (theirs is None):
            raise ValueError(f"{key}: a figure has what its peer took, unless it has no peer")
        self.rows[key] = Row(ours, theirs, rounds or self.rounds)
        print(f"  {key}: {ours:.4g}" + (f" against {theirs:.4g}: {ours / theirs:.2f}" if theirs else ""), file=sys.stderr, flush=True)

    def leave_out(self, what, reason):
        self.left_out.append(f"{what} ({reason})")
        print(f"  {what} is left out: {reason}", file=sys.stderr, flush=True)

    def compare(self, key, ours, theirs, rounds=None):
        """A figure from two functions that measure a number each."""
        mine, other = alternate(rounds or self.rounds, ours, theirs)
        self.row(key, statistics.median(mine), statistics.median(other), rounds)

    def calls(self, base, jobs, count=20):
        """Milliseconds of a call: our commands, each by a key with the command of its peer, one after the other."""
        seconds = {tuple(command): [] for pair in jobs.values() for command in pair}
        for _ in range(count * self.rounds):
            for command, taken in seconds.items():
                taken.append(once(command))
        for key, pair in jobs.items():
            self.row(f"{base}{key}", *(statistics.median(seconds[tuple(command)]) * 1000 for command in pair), count * self.rounds)


def alternate(rounds, *jobs):
    """What each job gave in each round. They take turns, so that a noisy neighbour hits all of them."""
    gave = [[] for _ in jobs]
    for _ in range(rounds):
        for job, list_ in zip(jobs, gave):
            list_.append(job())
    return gave


def median(runs, part):
    """The median of a part of what each run took."""
    return statistics.median(getattr(run, part) for run in runs)


class Took(NamedTuple):
    """What a process took: seconds of time and of processors."""

    wall: float
    cpu: float


def run(command, ok=(0,), seen=None, **options):
    """Runs a command and throws its output away, once what has to be `seen` in it (a regular expression) was there."""
    with tempfile.TemporaryFile() as output:
        sink = output if seen else subprocess.DEVNULL
        start = time.perf_counter()
        process = subprocess.Popen(command, **{"stdin": subprocess.DEVNULL, "stdout": sink, "stderr": subprocess.DEVNULL, **options})
        cpu = ended(process, ok)
        wall = time.perf_counter() - start
        if seen:
            output.seek(0)
            text = output.read().decode(errors="replace")
            if not re.search(seen, text):
                raise RuntimeError(f"{' '.join(command)} did not print {seen}:\n{text[-2000:]}")
    return Took(wall, cpu)


def ended(process, ok=(0,)):
    """Waits for a child and returns its seconds of processors."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ok:
        raise RuntimeError(f"{' '.join(process.args)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def once(command):
    """Seconds of one call, without a shell and with as little as can be around it."""
    sink = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    start = time.perf_counter()
    _, status = os.waitpid(os.posix_spawn(command[0], command, {}, file_actions=sink), 0)
    took = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return took


def peak(command, ok=(0,)):
    """The peak of memory of a command in MiB. time(1) starts it: what a child of this script has begins with this script's own."""
    with tempfile.NamedTemporaryFile(mode="r") as report:
        run(["/usr/bin/time", "-q", "-o", report.name, "-f", "%M", *command], ok)
        return int(report.read()) / 1024


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(process, ready):
    """Waits until `ready()`, as long as the process runs."""
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{' '.join(process.args)} ended with {process.returncode}")
        time.sleep(0.001)


def listening(port):
    wanted = f":{port:04X} 00000000:0000 0A"
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(wanted in line for line in table)


def bound(port):
    """What /proc/net/udp has of an unconnected socket, if there is one."""
    wanted = f":{port:04X} 00000000:0000"
    with open("/proc/net/udp", encoding="ascii") as table:
        return next((line for line in table if wanted in line), None)


def inside(tool, wrapper, *arguments):
    """What `inside` of the tool's module gives when it runs behind a command that makes or enters namespaces."""
    script = os.path.join(HERE, "headline.py")
    command = [*wrapper, sys.executable, script, "--inside", tool, *map(str, arguments)]
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout


def installed(program):
    """Where the system has a program. PATH may have ours by the same name in front."""
    return sys.executable if program == "python3" else shutil.which(program, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")


def version(program):
    """The version of an installed program: of its package, or of Python itself."""
    if program == "python3":
        return ".".join(map(str, sys.version_info[:3]))
    path = os.path.realpath((libcurl() if program == "libcurl" else installed(program)) or program)
    # Packages from before /usr was merged name /bin.
    for candidate in (path, path.removeprefix("/usr")):
        owner = told(["dpkg-query", "-S", candidate]).split(":")[0]
        if owner:
            return told(["dpkg-query", "-W", "-f", "${Version}", owner])
    return "version unknown"


def libcurl():
    """Where libcurl is, or None."""
    found = re.search(r"libcurl\.so\.4 .*=> (\S+)", told(["ldconfig", "-p"]))
    return found[1] if found else None


def crate_version(name):
    with open(os.path.join(ROOT, "Cargo.lock"), encoding="utf-8") as file:
        found = re.search(rf'name = "{re.escape(name)}"\nversion = "([^"]+)"', file.read())
    return found[1] if found else "version unknown"


def told(command):
    """What a command prints, or nothing if it fails."""
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""

"""url beside trurl, libcurl, Python's urllib, bare loops over the url crate, and true(1).

The URLs are made up, the same each time: of a hundred, 95 are as pages and interfaces have them, and the others have userinfo, capitals,
names outside ASCII, addresses, dot segments, characters that must be encoded, other schemes. Before anything is measured, the bare
loops must print what url prints. libcurl's loop asks for what trurl would, and is all of trurl that cannot be made faster.
"""

import hashlib
import os
import random
import subprocess
import tempfile

from measure import HERE, alternate, installed, libcurl, median, run

URLS = 1_000_000
COLUMNS = r"{scheme}\t{host}\t{port}\t{path}\t{query}\t{fragment}"
URLLIB = """
import sys
from urllib.parse import unquote, urlsplit
write = sys.stdout.write
for line in open(sys.argv[1], encoding="utf-8"):
    url = urlsplit(line.rstrip("\\n"))
    port = "" if url.port is None else url.port
    write(f"{url.scheme}\\t{url.hostname}\\t{port}\\t{unquote(url.path)}\\t{unquote(url.query)}\\t{unquote(url.fragment)}\\n")
"""
WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa".split()
ODD = [
    "http://user{n}:secret@{w}.example.com/{v}",
    "HTTP://WWW.{W}.Example.COM/{V}/Index.html",
    "https://b\u00fccher-{w}.example/{v}?q=stra\u00dfe",
    "http://192.0.2.{o}:8080/{v}",
    "http://[2001:db8::{o}]/{w}/{v}",
    "https://{w}.example.org/a/{v}/../{w}/./x",
    "https://{w}.example.org/a b/{v}?x=[{n}]",
    "https://{w}.example.net/%7Euser/%2e/{v}",
    "ftp://ftp.{w}.example/pub/{v}.tar.gz",
    "https://{w}.example",
]


def urls(count):
    """`count` URLs of about fifty octets."""
    choose = random.Random(0x5EED)
    for number in range(count):
        one, two, three = choose.choice(WORDS), choose.choice(WORDS), choose.choice(WORDS)
        kind = choose.randrange(100)
        if kind < 5:
            form = ODD[choose.randrange(len(ODD))]
            yield form.format(w=one, v=two, W=one.upper(), V=two.title(), n=number, o=number % 250)
        elif kind < 35:
            yield f"https://www.{one}.example.com/{two}/{three}-{number}.html"
        elif kind < 60:
            yield f"https://{one}.example.org/{two}/?id={number}&q={three}+{one}&page={number % 20}"
        elif kind < 80:
            yield f"http://api.{one}.example.net:8443/v1/{two}/{number}?fields={one},{three}&sort=name#{two}"
        else:
            yield f"https://cdn.{one}.example.com/{two}%20{three}/{number}.jpg?v={number}"


def output(command):
    """The hash of what a command prints."""
    digest = hashlib.sha256()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while piece := process.stdout.read(1 << 16):
            digest.update(piece)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return digest.digest()


def measure(bench):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        many(bench, folder)
    one(bench)


def curl_loop(bench, folder):
    """The loop over libcurl, built here: its headers are not needed, a C compiler is."""
    program, library = os.path.join(folder, "curlurl"), libcurl()
    if library is None or installed("cc") is None:
        bench.missing.add("libcurl")
        return None
    run(["cc", "-O2", "-o", program, os.path.join(HERE, "curlurl.c"), library])
    return program


def many(bench, folder):
    """Files of URLs: the whole one, a tenth for those that are slow, and some to see that both print the same."""
    ours, bare, files = bench.ours("url"), os.environ["SOCKEYE_BENCH_URL"], {}
    for count in (URLS, URLS // 10, URLS // 50):
        files[count] = os.path.join(folder, str(count))
        with open(files[count], "w", encoding="utf-8") as file:
            file.writelines(f"{url}\n" for url in urls(count))
    get, json = (lambda path: [ours, "-f", path, "--get", COLUMNS]), (lambda path: [ours, "-f", path, "--json"])
    some = files[URLS // 50]
    for mine, loop in ((get, "get"), (json, "same")):
        if output(mine(some)) != output([bare, loop, some]):
            raise RuntimeError(f"the bare loop {loop} does not print what url prints")
    jobs = {"get": (get, URLS), "json": (json, URLS)}
    if peer := bench.peer("trurl"):
        jobs["get:"] = (lambda path: [peer, "-f", path, "--get", COLUMNS]), URLS // 10
        jobs["json:"] = (lambda path: [peer, "-f", path, "--json"]), URLS // 10
    if loop := curl_loop(bench, folder):
        jobs["get:.libcurl"] = (lambda path: [loop, path]), URLS
    jobs["get:.urllib"] = (lambda path: [installed("python3"), "-c", URLLIB, path]), URLS // 10
    jobs["get:.crate"] = (lambda path: [bare, "get", path]), URLS
    jobs["json:.crate"] = (lambda path: [bare, "same", path]), URLS // 10
    took = alternate(bench.rounds, *(lambda job=job, count=count: run(job(files[count])) for job, count in jobs.values()))
    rates = {name: count / median(runs, "wall") for (name, (_, count)), runs in zip(jobs.items(), took)}
    for name in rates:
        mine, is_peer, key = name.partition(":")
        if is_peer:
            bench.row(f"url.{mine}{key}", rates[mine], rates[name])


def one(bench):
    text = "https://user@www.example.com:8443/a/b.html?q=1&r=2#top"
    nothing, ours = [installed("true")], bench.ours("url")
    get = [ours, "--get", "{host}", text]
    jobs = {"": (get, nothing), ".json": ([ours, "--json", text], nothing), ".table": ([ours, text], nothing)}
    if peer := bench.peer("trurl"):
        jobs[".trurl"] = (get, [peer, "--get", "{host}", text])
    bench.calls("url.call", jobs, 100)

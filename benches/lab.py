"""lab has no peer: how long its tour takes, which has to come out right."""

import os

from measure import alternate, median, run


def measure(bench):
    # The tour runs the tools that lie beside it.
    (took,) = alternate(min(bench.rounds, 3), lambda: run([bench.ours("lab"), "tour"], cwd=os.path.dirname(bench.folder)))
    bench.row("lab.tour", median(took, "wall"), rounds=min(bench.rounds, 3))

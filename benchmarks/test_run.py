"""The whole month: cold (a fresh process, kernels cached or not) and warm, with and without the layout, and its peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import compplan as cp
from benchmarks.conftest import PERIOD, ROOT

LAKESIDE = ROOT / "plans" / "lakeside.yaml"

FRESH = """
import json, resource, sys, time
start = time.perf_counter()
import compplan as cp
field = cp.synth({size}, shape={shape!r}, period={period!r})
made = time.perf_counter()
run = cp.run({plan!r}, field.members, field.orders, period={period!r}, ledger={rows})
done = time.perf_counter()
cp.run({plan!r}, field.members, field.orders, period={period!r}, ledger={rows}, genealogy=run.genealogy)
warm = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"synth": made - start, "first": done - made, "second": warm - done, "peak_mb": peak}}))
"""


def bytes_of(case) -> int:
    """What goes in: both tables."""
    return case.tables.members.nbytes + case.tables.orders.nbytes


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("ledger", [True, False], ids=["ledger", "totals"])
@pytest.mark.parametrize("layout", ["flatten", "cached"])
def test_month(benchmark, report, case, layout, ledger, threads):
    members, orders = case.tables
    kept = cp.flatten(cp.load_plan(LAKESIDE), members) if layout == "cached" else None
    plan = cp.load_plan(LAKESIDE)

    def month():
        return cp.run(plan, members, orders, period=PERIOD, ledger=ledger, threads=threads, genealogy=kept)

    benchmark.pedantic(month, rounds=5, warmup_rounds=1)
    report(case.size, bytes_of(case))


@pytest.mark.parametrize("kernels", ["compiled anew", "from the cache"])
def test_fresh_process(benchmark, case, kernels, tmp_path):
    """A fresh process: how long its first and its second month take, and its peak memory."""
    code = FRESH.format(size=case.size, shape=case.shape, period=PERIOD, plan=str(LAKESIDE), rows=True)
    environment = dict(os.environ)
    if kernels == "compiled anew":
        environment["COMPPLAN_CACHE_DIR"] = str(tmp_path)

    def process():
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    told = benchmark.pedantic(process, rounds=1)
    benchmark.extra_info.update(told)

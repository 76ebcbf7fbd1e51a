"""Fields to run on, and the yardstick: a plain copy of as many bytes, measured in the same session.

Sizes come from COMPPLAN_BENCH_SIZES, such as `100000,1000000,10000000` (the default is the first two), shapes from
COMPPLAN_BENCH_SHAPES (`field` by default; `spine`, `chain`, `star`, `binary`, `uniform`).
"""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import compplan as cp

ROOT = Path(__file__).parents[1]
SIZES = [int(size) for size in os.environ.get("COMPPLAN_BENCH_SIZES", "100000,1000000").split(",")]
SHAPES = os.environ.get("COMPPLAN_BENCH_SHAPES", "field").split(",")
PERIOD = "2026-10"


@cache
def field(size: int, shape: str = "field", ids: str = "int"):
    """A synthetic field, made once a session."""
    return cp.synth(size, shape=shape, ids=ids, period=PERIOD)


@cache
def copy_speed() -> float:
    """Nanoseconds a byte of a one-thread copy, reading and writing counted (median of nine, 256 MB buffers)."""
    source = np.ones(32_000_000, np.int64)
    target = np.empty_like(source)
    times = []
    for _ in range(9):
        start = time.perf_counter()
        np.copyto(target, source)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e9 / (2 * source.nbytes)


@dataclass(frozen=True)
class Case:
    """One field of one size."""

    size: int
    shape: str

    @property
    def tables(self):
        return field(self.size, self.shape)

    def __str__(self) -> str:
        return f"{self.shape}-{self.size:.0e}".replace("+0", "")


CASES = [Case(size, shape) for shape in SHAPES for size in SIZES]


@pytest.fixture(params=CASES, ids=str)
def case(request) -> Case:
    """Each size and shape."""
    return request.param


@pytest.fixture
def report(benchmark):
    """Tell pytest-benchmark what the numbers mean: ns a member, bytes touched, ratio to a copy of them."""

    def tell(size: int, bytes_touched: int) -> None:
        median = benchmark.stats.stats.median * 1e9
        benchmark.extra_info["ns_a_member"] = round(median / size, 2)
        benchmark.extra_info["bytes_a_member"] = round(bytes_touched / size, 1)
        benchmark.extra_info["times_a_copy"] = round(median / (bytes_touched * copy_speed()), 2)

    return tell


def pytest_benchmark_update_json(output_json) -> None:
    """Keep the yardstick beside the numbers."""
    output_json["copy_ns_a_byte"] = copy_speed()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config) -> None:
    """Print one line a benchmark, in the units that matter."""
    session = getattr(config, "_benchmarksession", None)
    if not session or not session.benchmarks:
        return
    terminalreporter.write_line(f"\ncopy: {copy_speed():.4f} ns a byte read or written")
    terminalreporter.write_line(f"{'pass':58} {'ms':>10} {'ns/member':>10} {'bytes':>7} {'x copy':>7}")
    for each in session.benchmarks:
        told = each.extra_info
        if "ns_a_member" in told:
            line = f"{each.name[:58]:58} {each.stats.median * 1e3:10.2f} {told['ns_a_member']:10.2f}"
            terminalreporter.write_line(f"{line} {told['bytes_a_member']:7.0f} {told['times_a_copy']:7.2f}")

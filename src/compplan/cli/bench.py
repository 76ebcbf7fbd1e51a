"""`compplan bench`: how long a period takes here, pass by pass, beside a plain copy of the same bytes.

A cold run is the first of this process: it loads (or, the first time on a machine, compiles) the kernels. The
warm ones follow. The copy moves as many bytes as the tables that go in and come out, with one thread, between
arrays that are there already: no run can be faster than that.
"""

# ruff: noqa: TC001, TC003 - the annotations of a command are read at run time

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from compplan.cli.arguments import Threads
from compplan.cli.console import facts, table
from compplan.cli.files import example, load
from compplan.cli.progress import progress
from compplan.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from compplan.plan.load import Plan
    from compplan.results.result import Run
    from compplan.synthetic import Field

PERIOD = "2026-10"
TABLES = "build tables"
COPIES = 5


@dataclass(frozen=True)
class Timing:
    """Seconds of one run, step by step in the order of the program."""

    steps: dict[str, float]

    @property
    def run(self) -> float:
        """Seconds of the run itself, before its tables are built."""
        return sum(seconds for name, seconds in self.steps.items() if name != TABLES)


class Clock:
    """A progress callback that notes how long each step took."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self._name: str | None = None
        self._since = perf_counter()

    def __call__(self, name: str, _done: int = 0, _total: int = 0) -> None:
        self.stop()
        self._name = name

    def stop(self) -> None:
        """End the step that is under way."""
        now = perf_counter()
        if self._name is not None:
            self.steps[self._name] = self.steps.get(self._name, 0.0) + now - self._since
        self._name, self._since = None, now


def bench(
    *,
    members: Annotated[int, Parameter(help="How many members.")] = 100_000,
    repeats: Annotated[int, Parameter(help="How many warm runs; their medians are shown.")] = 5,
    plan: Annotated[Path | None, Parameter(help="A plan; the example plan Lakeside without it.")] = None,
    seed: Annotated[int, Parameter(help="The seed of the synthetic field.")] = 1,
    threads: Threads = 1,
) -> None:
    """Time one period of a synthetic field on this machine.

    Prints seconds, nanoseconds a member for each pass, the ratio to a plain memory copy, and the peak memory.
    """
    if members < 1 or repeats < 1:
        raise UsageError("--members and --repeats are at least 1")
    from compplan.synthetic import synth  # noqa: PLC0415 - loads Arrow and Numba

    loaded = load(plan or example("lakeside"))
    with progress() as step:
        step("make the field", 0, repeats + 2)
        field = synth(members, seed=seed, period=PERIOD)
        timings = []
        for number in range(repeats + 1):
            step("cold run" if not number else f"warm run {number}", number + 1, repeats + 2)
            timings.append(timed(loaded, field, threads)[0])
        moved = moved_bytes(loaded, field, timed(loaded, field, threads)[1])
    _report(field, timings[0], warm(timings[1:]), moved, copy_seconds(moved))


def timed(plan: Plan, field: Field, threads: int = 1) -> tuple[Timing, Run]:
    """Run a plan once over a field, and time its steps and the building of its tables."""
    from compplan.program.run import run  # noqa: PLC0415 - loads Numba

    clock = Clock()
    result = run(plan, field.members, field.orders, period=PERIOD, threads=threads, progress=clock)
    clock(TABLES)
    for frame in (result.members, result.ledger, result.payables, result.breakage, result.state):
        frame.to_arrow()
    clock.stop()
    return Timing(clock.steps), result


def warm(timings: list[Timing]) -> Timing:
    """Return the median of each step."""
    return Timing({name: median(each.steps[name] for each in timings) for name in timings[0].steps})


def moved_bytes(plan: Plan, field: Field, result: Run) -> int:
    """Return the bytes of the columns that a run reads and of the tables that it makes."""
    needed = plan.required_inputs()
    read: list[tuple[pa.Table, str]] = [(field.members, "members"), (field.orders, "orders")]
    total = sum(table.select(list(needed[name])).nbytes for table, name in read)
    made = (result.members, result.ledger, result.payables, result.breakage, result.state)
    return int(total + sum(frame.to_arrow().nbytes for frame in made))


def copy_seconds(size: int) -> float:
    """Return how long one thread copies some bytes between arrays that are there: the best of a few times."""
    import numpy as np  # noqa: PLC0415

    source, target = np.ones(max(1, size), np.uint8), np.zeros(max(1, size), np.uint8)
    times = []
    for _ in range(COPIES):
        start = perf_counter()
        np.copyto(target, source)
        times.append(perf_counter() - start)
    return min(times)


def peak_memory() -> int | None:
    """Return the largest size in memory of this process so far, in bytes; None where nobody says."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _report(field: Field, cold: Timing, usual: Timing, moved: int, copy: float) -> None:
    members, peak = field.members.num_rows, peak_memory()
    pairs: dict[str, Any] = {
        "members, orders": f"{members:,}, {field.orders.num_rows:,}",
        "cold run": f"{cold.run:.3f} s",
        "warm run": f"{usual.run:.4f} s, {_each(usual.run, members)} ns a member",
        "and its tables": f"{usual.steps[TABLES]:.4f} s",
        "plain copy": f"{copy:.6f} s for {moved:,} bytes ({moved / members:.0f} a member)",
        "warm run / copy": f"{usual.run / copy:.1f}",
        "peak memory": "not known" if peak is None else f"{peak / 2**20:,.0f} MiB",
    }
    facts("One period", pairs)
    steps = ((name, cold.steps[name], seconds) for name, seconds in usual.steps.items())
    rows = [(n, f"{first * 1e3:.2f}", f"{then * 1e3:.2f}", _each(then, members)) for n, first, then in steps]
    head = ("pass", "cold ms", "warm ms", "ns a member")
    table("By pass", head, rows, right=head[1:])


def _each(seconds: float, members: int) -> str:
    return f"{seconds * 1e9 / members:.1f}"

"""`compplan demo`: a month of the fictional company Lakeside, from its field to the files."""

# ruff: noqa: TC001 - the annotations of a command are read at run time

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from compplan.cli.arguments import Threads
from compplan.cli.console import count, facts, percent, say, table
from compplan.cli.files import can_be_folder, example, load
from compplan.cli.progress import progress
from compplan.errors import UsageError

if TYPE_CHECKING:
    from compplan.explain.gaps import NextRank
    from compplan.explain.why import Why
    from compplan.plan.load import Plan
    from compplan.results.result import Run
    from compplan.synthetic import Field

PERIOD = "2026-10"
BONUS = "unilevel"
LEDGER_ROWS = 3
LEADERS = 5_000
"""How many members the demo looks at, those with most volume below them first."""
ASKED = 500
"""How many of them are asked for their next rank before the best answer so far is taken."""
MOST_TOLD = 15


def demo(
    *,
    members: Annotated[int, Parameter(help="How many members.")] = 100_000,
    seed: Annotated[int, Parameter(help="The seed of the synthetic field.")] = 1,
    out: Annotated[Path | None, Parameter(help="A folder for the files; else a new temporary one.")] = None,
    threads: Threads = 1,
) -> None:
    """Run a month of the fictional company Lakeside, and look around in the result."""
    if members < 1:
        raise UsageError("--members is at least 1")
    if out is not None:
        can_be_folder(out)
    plan = load(example("lakeside"))
    field, result, seconds = _month(plan, members, seed, threads)
    folder = _write(field, result, out)
    _tell_facts(result, seconds)
    _tell_ledger(result)
    _tell_money(result)
    _tell_answers(result)
    _tell_files(folder, plan)


def _month(plan: Plan, members: int, seed: int, threads: int) -> tuple[Field, Run, float]:
    """Make the field and run the plan; the time is that of the run, with kernels that are loaded."""
    from compplan.program.run import run  # noqa: PLC0415 - loads Numba
    from compplan.synthetic import synth  # noqa: PLC0415

    with progress() as step:
        step("load kernels (the first time, they are compiled: up to a minute)", 0, 2)
        small = synth(100, seed=seed, period=PERIOD)
        run(plan, small.members, small.orders, period=PERIOD, threads=threads)
        step("make the field", 1, 2)
        field = synth(members, seed=seed, period=PERIOD)
        start = perf_counter()
        result = run(plan, field.members, field.orders, period=PERIOD, threads=threads, progress=step)
        return field, result, perf_counter() - start


def _write(field: Field, result: Run, out: Path | None) -> Path:
    """Write what went in and what came out into one folder."""
    from compplan.arrow.frame import Frame  # noqa: PLC0415
    from compplan.arrow.write import write_whole  # noqa: PLC0415

    folder = out or Path(tempfile.mkdtemp(prefix="compplan-demo-"))
    write_whole({"members.parquet": Frame(field.members), "orders.parquet": Frame(field.orders)}, folder / "input")
    result.write(folder / "result")
    return folder


def _tell_facts(result: Run, seconds: float) -> None:
    rows = result.manifest["rows"]
    pairs = {
        "members": count(rows["members"]),
        "orders": count(rows["orders"]),
        "ledger rows": count(len(result.ledger)),
        "run": f"{seconds:.3f} s, {seconds * 1e9 / rows['members']:,.0f} ns a member",
    }
    facts(f"Lakeside, {PERIOD}", pairs)


def _tell_ledger(result: Run) -> None:
    head = ("bonus", "entry", "earner", "source", "order", "level", "base", "rate", "amount", "currency")
    rows = [row for bonus in _bonuses(result) for row in _first_rows(result, bonus)]
    shown = [
        [percent(row[name]) if name == "rate" and row[name] is not None else row[name] for name in head] for row in rows
    ]
    title = f"The first ledger rows of each bonus, of {len(result.ledger):,}"
    table(title, head, shown, right=("rate",))


def _bonuses(result: Run) -> list[str]:
    prefix = "pay:"
    return [name.removeprefix(prefix) for name in result.members.column_names if name.startswith(prefix)]


def _first_rows(result: Run, bonus: str) -> list[dict[str, Any]]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    mask = pc.equal(result.ledger["bonus"].cast(pa.string()), pa.scalar(bonus))
    return result.ledger.filter(mask).head(LEDGER_ROWS).rows()


def _tell_money(result: Run) -> None:
    from compplan.cli.summary import balances, biggest_payables, breakage, ranks  # noqa: PLC0415

    biggest_payables(result)
    ranks(result)
    balances(result)
    breakage(result)


def _tell_answers(result: Run) -> None:
    from compplan.cli.answers import show_next_rank, show_why  # noqa: PLC0415

    near = interesting_next_rank(result)
    if near is not None:
        say()
        say("What is missing for the next rank?")
        show_next_rank(near)
    unpaid = interesting_why_not(result)
    if unpaid is not None:
        say()
        rank = result.rank_of(unpaid.member) or "no rank"
        say(f"Why did {BONUS} not pay {unpaid.member}, who holds {rank}?")
        show_why(unpaid, most=5)


def _leaders(result: Run) -> list[dict[str, Any]]:
    """Return the members with most volume in their downline."""
    from compplan.cli.summary import largest  # noqa: PLC0415

    identity = result.members.column_names[0]
    chosen = largest(result.members, "gv", LEADERS).to_arrow()
    return chosen.select([identity, "gv", f"pay:{BONUS}"]).to_pylist()


def interesting_next_rank(result: Run) -> NextRank | None:
    """Return the answer that tells most: several things open, some of them in the legs, and one way only.

    The leaders are asked from the largest downline on; the first best answer is taken.
    """
    best, top = None, -1
    for leader in _leaders(result)[:ASKED]:
        answer = result.next_rank(next(iter(leader.values())))
        score = _tells(answer)
        if score > top:
            best, top = answer, score
        if top == MOST_TOLD:
            break
    return best


def _tells(answer: NextRank) -> int:
    """Return how much an answer tells, from 0 to `MOST_TOLD`."""
    missing = answer.missing
    if answer.target is None or not missing:
        return 0
    in_legs = any(near.rank is not None and near.missing for each in missing for near in each.nearest)
    met = len(missing) < len(answer.requirements)
    return 8 * in_legs + 4 * (len(answer.routes) == 1) + 2 * (len(missing) > 1) + met


def interesting_why_not(result: Run) -> Why | None:
    """Return the leader with the largest downline whom the bonus paid nothing, for a reason with a name."""
    for leader in _leaders(result):
        if leader[f"pay:{BONUS}"] == 0 and leader["gv"] != 0:
            answer = result.why(next(iter(leader.values())), BONUS)
            if answer.failed is not None or len(answer.rows):
                return answer
    return None


def _tell_files(folder: Path, plan: Plan) -> None:
    data = f"--members {folder / 'input' / 'members.parquet'} --orders {folder / 'input' / 'orders.parquet'}"
    say()
    say(f"Files: {folder / 'input'} and {folder / 'result'}")
    say("Ask about anybody:")
    say(f"  compplan explain {plan.source.name} 1 {data} --period {PERIOD}")

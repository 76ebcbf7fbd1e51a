"""What a run came to, as tables: who gets most, who holds which rank, and that the books balance."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from compplan.cli.console import count, facts, frame_table, table

if TYPE_CHECKING:
    from compplan.arrow.frame import Frame
    from compplan.results.result import Run

TOP = 10
_NOT_REASONS = ("bonus", "currency", "allotted", "paid")


def summary(run: Run) -> None:
    """Write the tables of a run to stdout."""
    manifest = run.manifest
    rows = manifest["rows"]
    facts(
        f"{manifest['plan']['name']}, {manifest['period']['name']}",
        {"members": count(rows["members"]), "orders": count(rows["orders"]), **_paid(manifest)},
    )
    biggest_payables(run)
    ranks(run)
    balances(run)
    breakage(run)


def _paid(manifest: dict[str, Any]) -> dict[str, str]:
    """Return the totals of every currency."""
    names = {"earned": "earned", "carried": "carried in", "withheld": "withheld", "paid": "payable"}
    totals = manifest["payables"]
    lines: dict[str, str] = {}
    for total in totals:
        currency = total["currency"]
        if "pay_day" in total and not any(Decimal(total[key]) for key in names):
            continue
        which = f"{currency}, {total['pay_day']}" if "pay_day" in total else currency
        for key, name in names.items():
            lines[name if len(totals) == 1 else f"{name} ({which})"] = f"{Decimal(total[key]):,f} {currency}"
    return lines


def biggest_payables(run: Run, most: int = TOP) -> None:
    """Write the largest payables."""
    frame_table(f"Largest payables (of {len(run.payables):,} earners)", largest(run.payables, "payable", most))


def largest(frame: Frame, column: str, most: int) -> Frame:
    """Return the rows with the largest values; of equal ones, those of the smaller ids."""
    from compplan.arrow.frame import Frame as Made  # noqa: PLC0415

    whole = frame.to_arrow()
    order = pc.sort_indices(whole, sort_keys=[(column, "descending"), (whole.column_names[0], "ascending")])
    return Made(whole.take(order[:most]))


def ranks(run: Run) -> None:
    """Write how many members hold each rank, the highest first; nothing for a plan without ranks."""
    if "rank" not in run.members.column_names:
        return
    column: Any = run.members["rank"].combine_chunks()
    held = {each["values"]: each["counts"] for each in column.value_counts().to_pylist()}
    rows = [(name, count(held.get(name, 0))) for name in reversed(column.dictionary.to_pylist())]
    table("Members by rank", ("rank", "members"), [*rows, ("(unranked)", count(held.get(None, 0)))])


def balances(run: Run) -> None:
    """Write, for every bonus, what was allotted, and that it is paid or breakage, to the last digit."""
    rows: list[tuple[Any, ...]] = []
    for each in run.manifest["balances"]:
        lost = sum((Decimal(value) for name, value in each.items() if name not in _NOT_REASONS), Decimal(0))
        if each["bonus"] is None:
            rows.append(("(rounding of totals)", None, None, lost, None, each["currency"]))
            continue
        allotted, paid = Decimal(each["allotted"]), Decimal(each["paid"])
        rows.append((each["bonus"], allotted, paid, lost, allotted == paid + lost, each["currency"]))
    table("Payout by bonus", ("bonus", "allotted", "paid", "breakage", "balanced", "currency"), rows)


def breakage(run: Run) -> None:
    """Write why money was not earned, without the reasons that took none."""
    head = ("bonus", "reason", "amount", "currency")
    rows = [[row[name] for name in head] for row in run.breakage.rows() if row["amount"]]
    table("Breakage", head, rows)

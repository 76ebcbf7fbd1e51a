"""The engine's explanations as tables, and as plain data for JSON. All text is made from the data."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from compplan.cli.console import cell, count, frame_table, say, table

if TYPE_CHECKING:
    from compplan.explain.gaps import Near, NextRank, Requirement
    from compplan.explain.why import Why

MOST_ROWS = 20


def show_next_rank(answer: NextRank) -> None:
    """Write what is missing for a rank: one table a route, and who is nearest to closing what is open."""
    if answer.target is None:
        say()
        say(f"{answer.member} holds {answer.rank}, the highest rank")
        return
    routes = answer.routes
    holds = f"{answer.member} holds {answer.rank or 'no rank'}"
    if not routes:
        say()
        say(f"{holds}; {answer.target} has no requirements")
    for number, route in routes.items():
        way = f", way {number} of {len(routes)}" if len(routes) > 1 else ""
        head = ("requirement", "has", "needs", "missing")
        table(f"{holds}; for {answer.target}{way}", head, map(_requirement_row, route), right=head[1:])
        for requirement in route:
            _say_nearest(requirement)


def _requirement_row(requirement: Requirement) -> tuple[str, str, str, str]:
    """Return texts, so that a count beside a volume gets no decimals."""
    flag = requirement.unit == "flag"
    has, needs = (cell(bool(v) if flag else v) for v in (requirement.measured, requirement.needed))
    return requirement.text, has, needs, "met" if requirement.met else cell(requirement.gap)


def _say_nearest(requirement: Requirement) -> None:
    """Write who is nearest to closing a requirement, one a line."""
    if requirement.nearest:
        say(f"Nearest to close: {requirement.text}")
    for near in requirement.nearest:
        say(f"  {_near(near)}")


def _near(near: Near) -> str:
    if near.volume is not None:
        room = "" if near.room is None else f", room for {cell(near.room)} more"
        return f"leg {near.leg}: {cell(near.counted)} counts{room}"
    who = f"leg {near.leg}" if near.leg == near.member else f"leg {near.leg}, member {near.member}"
    lacks = "; ".join(f"{each.text} ({cell(each.gap)} missing)" for each in near.missing)
    return f"{who} ({near.rank or 'unranked'})" + (f" lacks {lacks}" if lacks else "")


def show_why(answer: Why, most: int = MOST_ROWS) -> None:
    """Write why a bonus paid a member, or the first gate that failed, and what became of each source."""
    from compplan.explain.reasons import REASON_TEXTS, Reason  # noqa: PLC0415

    say()
    say(f"{answer.member}, {answer.bonus}: {answer.total:,f} {answer.currency}")
    if answer.failed is not None:
        say(f"not paid: {answer.failed}")
    gates = [(gate.text, gate.measured, gate.needed, gate.met) for gate in answer.gates]
    table("Conditions on the member", ("condition", "has", "needs", "met"), gates)
    for detail in answer.details:
        say(str(detail))
    for entry, amount in answer.adjustments.items():
        say(f"{entry}: {amount:,f} {answer.currency}")
    found = Counter(answer.rows["reason"].to_pylist()).most_common()
    reasons = [(count(times), code, REASON_TEXTS[Reason(str(code))]) for code, times in found]
    head = ("sources", "reason", "which means")
    table("What became of the volume", head, reasons, note="no volume counts for this bonus")
    if reasons:
        whole = len(answer.rows) <= most
        title = "Sources" if whole else f"Sources, the first {most} of {len(answer.rows):,}"
        frame_table(title, answer.rows.head(most))


def show_pay(answers: list[Why]) -> None:
    """Write one line a bonus: what it paid, or the first condition that failed."""
    rows = []
    for answer in answers:
        failed = "" if answer.failed is None else str(answer.failed)
        rows.append((answer.bonus, answer.total, answer.currency, failed))
    table("Pay by bonus", ("bonus", "pay", "currency", "failed condition"), rows)


def next_rank_data(answer: NextRank) -> dict[str, Any]:
    """Return a next rank as plain data; numbers are texts with all their digits."""
    requirements = [asdict(each) for each in answer.requirements]
    return {"rank": answer.rank, "target": answer.target, "met": answer.met, "requirements": requirements}


def why_data(answer: Why) -> dict[str, Any]:
    """Return an explanation of a bonus as plain data; numbers are texts with all their digits."""
    return {
        "bonus": answer.bonus,
        "total": answer.total,
        "currency": answer.currency,
        "gates": [asdict(gate) for gate in answer.gates],
        "failed": None if answer.failed is None else answer.failed.code,
        "adjustments": answer.adjustments,
        "rows": answer.rows.rows(),
    }


def as_json(value: Any) -> str:
    """Return JSON in which exact numbers and dates are texts."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)

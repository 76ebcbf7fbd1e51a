"""What a run gave against what a case expects: every difference as a sentence, compared exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compplan.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from compplan.cases.model import Expect, NextRank, Why
    from compplan.explain.gaps import Requirement
    from compplan.plan.load import Plan
    from compplan.results.result import Run

    Row = Mapping[str, Any]
    Differences = Iterator[str]

_NOTHING = object()


def differences(expect: Expect, run: Run, plan: Plan) -> Differences:
    """Yield every difference between a run and what is expected of it."""
    yield from _by_member("members", expect.members, run.members.rows(), plan)
    yield from _by_member("state", expect.state, run.state.rows(), plan)
    for period, wanted in expect.parts.items():
        rows = [row for row in run.parts.rows() if row["period"] == period] if expect.parts else []
        yield from _by_member(f"parts {period}", wanted, rows, plan)
    yield from _pay(expect, run, plan)
    yield from _payables(expect, run, plan)
    yield from _breakage(expect, run, plan)
    yield from _ledger(expect, run)
    for member, gaps in expect.next_rank.items():
        yield from _asked(f"next_rank of {member}", _next_rank, run, member, gaps)
    for member, bonuses in expect.why.items():
        for bonus, why in bonuses.items():
            yield from _asked(f"why {bonus} of {member}", _why, run, member, bonus, why)


def compared(label: str, expected: Any, found: Any) -> Differences:
    """Yield what differs between plain data and a value, a mapping, or an object with attributes.

    Parameters
    ----------
    label
        Where the value is, for the sentences.
    expected
        A scalar, or a mapping or list of what must be in `found`.
    found
        Where mappings are expected, keys or attributes that are not expected are not looked at.
    """
    if isinstance(expected, dict):
        for key, value in expected.items():
            yield from compared(f"{label} {key}", value, _part(found, key))
    elif isinstance(expected, list):
        if not isinstance(found, list | tuple) or len(found) != len(expected):
            yield f"{label}: expected {len(expected)} of them, found {_text(found)}"
            return
        for number, (value, item) in enumerate(zip(expected, found, strict=True), 1):
            yield from compared(f"{label} {number}", value, item)
    elif found is _NOTHING:
        yield f"{label}: expected {_text(expected)}, but there is no such thing"
    elif not _same(expected, found):
        yield f"{label}: expected {_text(expected)}, found {_text(found)}"


def _part(found: Any, key: Any) -> Any:
    if isinstance(found, dict):
        return found.get(key, _NOTHING)
    return getattr(found, str(key), _NOTHING)


def _same(expected: Any, found: Any) -> bool:
    """Tell whether two scalars are equal; a truth value is not a number, and a number is not its text."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    return bool(expected == found)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"{len(value)}"
    return f"{value:f}" if isinstance(value, Decimal) else "nothing" if value is None else str(value)


def _by_member(label: str, expected: Mapping[Any, Row], rows: list[dict[str, Any]], plan: Plan) -> Differences:
    found = {row[plan.model.members.id]: row for row in rows}
    for member, wanted in expected.items():
        if member not in found:
            yield f"{label} {member}: there is no such member"
        else:
            yield from compared(f"{label} {member}", dict(wanted), found[member])


def _listed(label: str, wanted: Row, found: Row, expect: Expect) -> Differences:
    """Compare listed amounts, and with `unlisted: nothing` demand that nobody else has one."""
    yield from compared(label, dict(wanted), {**dict.fromkeys(wanted, Decimal(0)), **found})
    if expect.unlisted == "nothing":
        for name, amount in found.items():
            if name not in wanted and amount:
                yield f"{label} {name}: expected nothing, found {_text(amount)}"


def _unknown(names: Iterable[Any], known: Sequence[Any], what: str) -> Differences:
    for name in names:
        if name not in known:
            yield f'"{name}" is not a {what}; {did_you_mean(str(name), [str(k) for k in known])}'


def _pay(expect: Expect, run: Run, plan: Plan) -> Differences:
    rows = run.members.rows() if expect.pay else []
    members = [row[plan.model.members.id] for row in rows]
    yield from _unknown(expect.pay, list(plan.model.bonuses), "bonus")
    for bonus, wanted in expect.pay.items():
        yield from _unknown(wanted, members, "member")
        if bonus in plan.model.bonuses:
            found = {row[plan.model.members.id]: row[f"pay:{bonus}"] for row in rows}
            yield from _listed(f"pay {bonus}", wanted, found, expect)


def _payables(expect: Expect, run: Run, plan: Plan) -> Differences:
    own = plan.model.currency.code
    found_rows: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
    for row in run.payables.rows():
        member, code = row[plan.model.members.id], row["currency"]
        found_rows[code][member] = _together(found_rows[code].get(member), row)
        if code == own and "pay_day" in row:
            found_rows[str(row["pay_day"])][member] = row
    given = {"payables": (own, expect.payables)} if expect.payables else {}
    given |= {f"payables_in {code}": (code, wanted) for code, wanted in expect.payables_in.items()}
    given |= {f"payables_on {day}": (day, wanted) for day, wanted in expect.payables_on.items()}
    members = run.members[plan.model.members.id].to_pylist() if given else []
    empty = dict.fromkeys(("earned", "carried_in", "withheld", "payable"), Decimal(0))
    for label, (code, listed) in given.items():
        yield from _unknown(listed, members, "member")
        found = found_rows[code]
        for member, wanted in listed.items():
            yield from compared(f"{label} {member}", dict(wanted), found.get(member, empty))
        rest = {member: row["payable"] for member, row in found.items() if member not in listed}
        yield from _listed(label, {}, rest, expect)


def _together(before: dict[str, Any] | None, row: dict[str, Any]) -> dict[str, Any]:
    """Return the payouts of several days as one: amounts add up, from what came in first to what is withheld last."""
    if before is None:
        return row
    kept = {"carried_in": before["carried_in"], "withheld": row["withheld"]}
    added = {n: v + before[n] if isinstance(v, Decimal) else v for n, v in row.items()}
    return added | kept


def _breakage(expect: Expect, run: Run, plan: Plan) -> Differences:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in run.breakage.rows():
        found[row["bonus"]][row["reason"]] = row["amount"]
    yield from _unknown(expect.breakage, list(plan.model.bonuses), "bonus")
    for bonus, wanted in expect.breakage.items():
        yield from _listed(f"breakage {bonus}", wanted, found[bonus], expect)


def _ledger(expect: Expect, run: Run) -> Differences:
    if expect.ledger or expect.ledger_rows is not None:
        rows = run.ledger.rows()
        yield from _found("ledger", expect.ledger, rows)
        if expect.ledger_rows not in {None, len(rows)}:
            yield f"ledger: expected {expect.ledger_rows} rows, found {len(rows)}"


def _found(label: str, expected: Sequence[Row], rows: Sequence[Row]) -> Differences:
    """Demand that each expected row is found as often as it is written, by the columns that it gives."""
    written = Counter(tuple(row.items()) for row in expected)
    for wanted, times in written.items():
        matches = sum(not [*compared("", dict(wanted), row)] for row in rows)
        if matches != times:
            text = ", ".join(f"{name} {_text(value)}" for name, value in wanted)
            yield f"{label}: expected {times} with {text}; found {matches}"


def _asked(label: str, answer: Any, *question: Any) -> Differences:
    """Tell of a question that cannot be asked, such as one about an unknown member."""
    try:
        yield from answer(label, *question)
    except UsageError as error:
        yield f"{label}: {error.problems[0].message}"


def _next_rank(label: str, run: Run, member: Any, wanted: NextRank) -> Differences:
    answer = run.next_rank(member, wanted.ask)
    given = wanted.model_fields_set & {"rank", "target"}
    yield from compared(label, {name: getattr(wanted, name) for name in sorted(given)}, answer)
    if wanted.missing is not None:
        yield from _open(f"{label} missing", wanted.missing, answer.missing)
    for number, missing in wanted.routes.items():
        if number not in answer.routes:
            yield f"{label}: there is no way {number}, but {len(answer.routes)}"
        else:
            yield from _open(f"{label} way {number}", missing, [r for r in answer.routes[number] if not r.met])


def _open(label: str, wanted: Mapping[str, Row], found: Sequence[Requirement]) -> Differences:
    """Compare open requirements by code; all must be listed."""
    by_code = {requirement.code: requirement for requirement in found}
    yield from compared(label, {code: dict(row) for code, row in wanted.items() if code in by_code}, by_code)
    for code in wanted:
        if code not in by_code:
            yield f"{label} {code}: expected, but open are {', '.join(by_code) or 'none'}"
    for code, requirement in by_code.items():
        if code not in wanted:
            yield f"{label} {code}: not expected, but {_text(requirement.gap)} is missing"


def _why(label: str, run: Run, member: Any, bonus: str, wanted: Why) -> Differences:
    answer = run.why(member, bonus)
    given = wanted.model_fields_set
    if "total" in given:
        yield from compared(f"{label} total", wanted.total, answer.total)
    if "failed" in given:
        yield from compared(f"{label} failed", wanted.failed, answer.failed.code if answer.failed else None)
    gates = {gate.code: gate for gate in answer.gates}
    yield from compared(f"{label} gate", {code: dict(row) for code, row in wanted.gates.items()}, gates)
    rows = answer.rows.rows()
    if wanted.adjustments is not None:
        yield from _complete(f"{label} adjustments", wanted.adjustments, answer.adjustments)
    details = {detail.code: detail.value for detail in answer.details}
    yield from compared(f"{label} detail", dict(wanted.details), {**dict.fromkeys(wanted.details), **details})
    if wanted.reasons is not None:
        yield from _complete(f"{label} reasons", wanted.reasons, Counter(str(row["reason"]) for row in rows))
    yield from _found(f"{label} rows", wanted.rows, rows)


def _complete(label: str, wanted: Row, found: Row) -> Differences:
    """Compare numbers by name, where a name that one of the two lacks stands for 0."""
    names = sorted({*wanted, *found})
    yield from compared(label, {n: wanted.get(n, 0) for n in names}, {n: found.get(n, 0) for n in names})

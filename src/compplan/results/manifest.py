"""The manifest: what went in, what came out, and that the books balance, in numbers that an auditor can recompute."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from compplan.money import format_fixed
from compplan.money_arrays import exact_sum
from compplan.periods.payout_pass import total_columns
from compplan.program.company import printed
from compplan.results.fingerprint import members_hash, orders_hash, state_hash
from compplan.results.tables import balances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compplan.periods.payables import Payables
    from compplan.program.passes import Pass
    from compplan.program.work import Work


_NAMES = {"carried_in": "carried", "payable": "paid"}


def engine_version() -> str:
    """Return the installed version of compplan."""
    try:
        return version("compplan")
    except PackageNotFoundError:
        return "unknown"


def _unplaced(work: Work) -> dict[str, str]:
    """Return volume that nobody could get: moved up past the top, or of customers without a distributor."""
    found: Counter[str] = Counter()
    scales: dict[str, int] = {}
    for each in _with_parts(work):
        found.update(each.lost)
        if each.orders is not None:
            found.update({name: left.sum for name, left in each.orders.uncredited.items() if name in each.scales})
        scales |= each.scales
    return {name: format_fixed(amount, scales[name]) for name, amount in sorted(found.items()) if amount}


def _with_parts(work: Work) -> list[Work]:
    return [work, *(part for length in sorted(work.parts) for part in work.parts[length])]


def _control_totals(work: Work) -> dict[str, str]:
    """Return the sum of every quantity; of one that is measured by the week, the sum of its weeks."""
    totals = {}
    for name, rule in work.plan.scope.rules.items():
        having = [each for each in _with_parts(work) if name in each.columns]
        first = [work] if name in work.columns else having
        found = sum(each.company_total(name, company=rule.company_wide(work.plan.scope)) for each in first)
        totals[name] = format_fixed(found, first[0].scales[name])
    return totals


def manifest(work: Work, passes: Sequence[Pass], totals: Sequence[Payables]) -> dict[str, Any]:
    """Return hashes, control totals and balances; the same for any row order of the inputs."""
    model = work.plan.model
    return {
        "engine": engine_version(),
        "plan": {"name": model.name, "hash": work.plan.hash},
        "period": {
            "name": work.calendar.name,
            "first": str(work.period.first),
            "after": str(work.period.after),
        },
        "inputs": {
            "members": members_hash(work),
            "orders": None if work.all_orders is None else orders_hash(work.all_orders),
            "state": state_hash(work),
            **({"company": printed(work.plan, work.company)} if work.company else {}),
        },
        "rows": {"members": work.size, "orders": 0 if work.all_orders is None else int(work.all_orders.buyers.size)},
        "passes": [each.name for each in passes],
        **({"rank_rounds": work.rank_rounds} if work.rank_rounds else {}),
        "control_totals": _control_totals(work),
        "unplaced": _unplaced(work),
        "balances": [{k: v if v is None else str(v) for k, v in b.items()} for b in balances(work, totals)],
        "payables": [
            {
                "currency": total.currency,
                **({"pay_day": str(total.pay_day)} if total.pay_day else {}),
                **{
                    _NAMES.get(name, name): format_fixed(exact_sum(values), total.decimals)
                    for name, values in total_columns(total).items()
                },
            }
            for total in totals
        ],
    }

"""The manifest: what went in, what came out, and that the books balance, in numbers that an auditor can recompute."""

from __future__ import annotations

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
    found = {name: amount for name, amount in work.lost.items() if amount}
    if work.orders is not None:
        found |= {
            name: left.sum
            for name, left in work.orders.uncredited.items()
            if left.sum and name in work.scales
        }
    return {name: format_fixed(amount, work.scales[name]) for name, amount in sorted(found.items())}


def manifest(work: Work, passes: Sequence[Pass], totals: Sequence[Payables]) -> dict[str, Any]:
    """Return hashes, control totals and balances; the same for any row order of the inputs."""
    model = work.plan.model
    return {
        "engine": engine_version(),
        "plan": {"name": model.name, "hash": work.plan.hash},
        "period": {
            "name": work.period.name,
            "first": str(work.period.first),
            "after": str(work.period.after),
        },
        "inputs": {
            "members": members_hash(work),
            "orders": None if work.orders is None else orders_hash(work.orders),
            "state": state_hash(work),
            **({"company": printed(work.plan, work.company)} if work.company else {}),
        },
        "rows": {"members": work.size, "orders": 0 if work.orders is None else int(work.orders.buyers.size)},
        "passes": [each.name for each in passes],
        "control_totals": {
            name: format_fixed(work.company_total(name, company=rule.company_wide(work.plan.scope)), work.scales[name])
            for name, rule in work.plan.scope.rules.items()
        },
        "unplaced": _unplaced(work),
        "balances": [{k: v if v is None else str(v) for k, v in b.items()} for b in balances(work, totals)],
        "payables": [
            {
                "currency": total.currency,
                **{
                    _NAMES.get(name, name): format_fixed(exact_sum(values), total.decimals)
                    for name, values in total_columns(total).items()
                },
            }
            for total in totals
        ],
    }

"""The manifest: what went in, what came out, and that the books balance, in numbers that an auditor can recompute."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.money import format_fixed
from compplan.money_arrays import exact_sum
from compplan.results.tables import balances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compplan.periods.payables import Payables
    from compplan.program.passes import Pass
    from compplan.program.work import Work


def engine_version() -> str:
    """Return the installed version of compplan."""
    try:
        return version("compplan")
    except PackageNotFoundError:
        return "unknown"


def manifest(work: Work, passes: Sequence[Pass], totals: Sequence[Payables]) -> dict[str, Any]:
    """Return hashes, control totals and balances; the same for any row order of the inputs."""
    model = work.plan.model
    decimals = model.currency.decimals
    return {
        "engine": engine_version(),
        "plan": {"name": model.name, "hash": work.plan.hash},
        "period": {"name": work.period.name, "first": str(work.period.first), "after": str(work.period.after)},
        "inputs": {"members": _members_hash(work), "orders": _orders_hash(work), "state": _state_hash(work)},
        "rows": {"members": work.size, "orders": 0 if work.orders is None else int(work.orders.buyers.size)},
        "passes": [each.name for each in passes],
        "control_totals": {
            name: format_fixed(exact_sum(work.columns[name]), work.scales[name]) for name in work.plan.scope.rules
        },
        "balances": [{k: v if v is None else str(v) for k, v in b.items()} for b in balances(work, totals)],
        "payables": [
            {
                "currency": total.currency,
                **{
                    name: format_fixed(exact_sum(getattr(total, name)), decimals)
                    for name in ("earned", "carried", "withheld", "paid")
                },
            }
            for total in totals
        ],
    }


def _digest(arrays: Sequence[np.ndarray[Any, Any]]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(str(array.dtype).encode())
        digest.update(np.ascontiguousarray(array).view(np.uint8))
    return digest.hexdigest()


def _members_hash(work: Work) -> str:
    """Hash ids, trees, and what was read of each member, in the canonical order of the primary tree."""
    digest = hashlib.sha256()
    for buffer in pa.concat_arrays([work.genealogy.ids]).buffers():
        if buffer is not None:
            digest.update(buffer)
    arrays: list[Any] = []
    for tree in work.genealogy.trees.values():
        arrays += [tree.depth, *(a for a in (tree.side, tree.to_primary) if a is not None)]
    arrays += [work.columns[name] for name in ("is_distributor", "enrolled") if name in work.columns]
    arrays += [codes for codes, _ in work.texts.values()]
    digest.update(repr([values for _, values in work.texts.values()]).encode())
    digest.update(_digest(arrays).encode())
    return digest.hexdigest()


def _orders_hash(work: Work) -> str | None:
    """Hash the base volumes' source: who ordered when, and every column that was summed, in canonical order."""
    if work.orders is None:
        return None
    orders = work.orders
    rows = orders.canonical.rows
    values = [orders.values[key][rows] for key in sorted(orders.values)]
    return _digest([orders.buyers[rows], orders.times[rows], *values])


def _state_hash(work: Work) -> str:
    state = work.state
    tiers = [state.tiers[name] for name in sorted(state.tiers)]
    return _digest([state.title, state.last_rank, state.ordered_before, state.balance, *tiers])

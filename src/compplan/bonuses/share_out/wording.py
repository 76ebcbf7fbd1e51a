"""A pool in plain language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan.tables import ByKey
from compplan.plan.wording import MODES, money, percent, points, table

if TYPE_CHECKING:
    from compplan.bonuses.kinds.pool import Pool

RESIDUES = {
    "largest_remainder": "Cents that are left over go to the largest remainders, of equal ones to the smaller id.",
    "company": "Shares are cut to whole units of money; what is left over stays with the company.",
    "rounded_alone": "Each share is rounded by itself, so their sum can miss the pool by some cents.",
}
_TIES = {
    "earlier_last_order": "of equals the one whose last order is earlier comes first",
    "smaller_id": "of equals the smaller id comes first",
    "shared": "equals share their places",
}
_RESTS = {
    "breakage": "What nobody gets is lost.",
    "carry": "What nobody gets is carried to the pool of the next period.",
    "shared": "What nobody gets is shared by the others.",
}


def pool(bonus: Pool) -> list[str]:
    """Return sentences about a pool."""
    lines = [_size(bonus), _shares(bonus)]
    lines += points(bonus.of, bonus.money_per_point) if bonus.of else []
    lines += _weights(bonus)
    if bonus.unqualified == "forfeit":
        lines.append("Those who do not qualify count in the division; their shares are left over.")
    lines += _bounds(bonus)
    if bonus.over_pool:
        lines.append(
            f"Shares that are more than the pool are {'paid' if bonus.over_pool == 'paid' else 'scaled down to it'}."
        )
    return [*lines, RESIDUES[bonus.residue], _RESTS[bonus.rest]]


def _size(bonus: Pool) -> str:
    if bonus.rates is not None:
        whose = f"all {bonus.of}" if bonus.total_of == "company" else f"the {bonus.of} of its own members"
        size = f"{table(bonus.rates, bonus.rates_by, percent)} of {whose}"
    else:
        size = table(bonus.table, bonus.rates_by, money)
    who = {"key": ", each for its own", "key_and_higher": ", each for its own and all higher ones", None: ""}
    several = "Pools" if isinstance(bonus.table, ByKey) else "A pool"
    return f"{several} of {size}{who[bonus.open_to]}."


def _shares(bonus: Pool) -> str:
    if bonus.places is None:
        return f"It is divided by {bonus.by}." if bonus.by else "It is divided into equal shares."
    shares = table(bonus.places, bonus.places_by or "", percent).replace("by level", "by place")
    first = f" by all {bonus.places_by}" if bonus.places_by else ""
    order = f"The list is ordered by {bonus.by}, the largest first; {_TIES[bonus.ties or 'shared']}."
    return f"{order} Shares{first}: {shares}."


def _weights(bonus: Pool) -> list[str]:
    if bonus.weights is None:
        return []
    what = (bonus.by or "A share") if bonus.weights_on == "points" else "The finished share"
    rest = "; whoever has no row there counts nothing" if isinstance(bonus.weights, ByKey) else ""
    return [f"{what} counts times {table(bonus.weights, bonus.weights_by, money)}{rest}."]


def _bounds(bonus: Pool) -> list[str]:
    lines = []
    if bonus.share_max is not None:
        lines.append(f"One member gets at most {percent(bonus.share_max)} of it.")
    if bonus.point_max is not None:
        lines.append(f"One point is worth at most {money(bonus.point_max)}.")
    if bonus.point_decimals is not None:
        lines.append(f"The value of a point is rounded {MODES[bonus.point_rounding]} to {bonus.point_decimals} digits.")
    if bonus.pays < 1:
        lines.append(f"{percent(bonus.pays)} of the pool is paid out; the rest stays in it.")
    return lines

"""The share-out in plain Python: fractions, sorted lists, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from compplan.money import round_fraction


def share_out(weights, amount, total, *, residue, mode, ids):
    """Return each weight's part of an amount in whole units; see `compplan.bonuses.share_out.share`."""
    if residue == "largest_remainder":
        amount = round_fraction(Fraction(amount), mode)
    exact = [Fraction(amount) * weight / total for weight in weights]
    if residue == "rounded_alone":
        return [round_fraction(share, mode) for share in exact]
    parts = [floor(share) for share in exact]
    if residue == "largest_remainder":
        served = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], ids[i], i))
        for i in served[: floor(sum(exact, Fraction(0))) - sum(parts)]:
            parts[i] += 1
    return parts

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


def divide(weights, qualified, whole, unit, available, terms, **rule):
    """Return what each member gets of a pool in cents; see `compplan.bonuses.share_out.divide`."""
    given = sum(weights)
    if not given or not whole or available <= 0:
        return [0] * len(weights)
    if terms.shared or (terms.over == "scaled" and given > whole):
        whole = given
    amount = Fraction(available) * terms.part
    value = amount * unit / whole
    if terms.most_value is not None:
        value = min(value, terms.most_value)
    if terms.value_step is not None:
        value = round_fraction(value / terms.value_step, terms.value_mode) * terms.value_step
    amount = value * whole / unit
    parts = share_out(weights, amount, whole, **rule)
    if terms.most_share is not None:
        parts = _at_most(parts, weights, amount, floor(amount * terms.most_share), shared=terms.shared, **rule)
    return [part if paid else 0 for part, paid in zip(parts, qualified, strict=True)]


def _at_most(parts, weights, amount, most, *, shared, **rule):
    full = {i for i, part in enumerate(parts) if part > most}
    while shared and full and any(w for i, w in enumerate(weights) if i not in full):
        others = [0 if i in full else w for i, w in enumerate(weights)]
        again = share_out(others, amount - most * len(full), sum(others), **rule)
        parts = [most if i in full else again[i] for i in range(len(parts))]
        if not (more := {i for i, part in enumerate(parts) if part > most}):
            break
        full |= more
    return [min(part, most) for part in parts]


def places(numbers, shares, ties, ids, last):
    """Return who holds which place and the exact share of each: `{member: (place, share)}`."""
    order = {"earlier_last_order": lambda i: (-numbers[i], last[i], ids[i])}.get(ties, lambda i: (-numbers[i], ids[i]))
    listed = sorted((i for i in range(len(numbers)) if numbers[i] > 0), key=order)
    held = {i: (at, Fraction(shares[at - 1])) for at, i in enumerate(listed, 1) if at <= len(shares)}
    if ties != "shared":
        return held
    found = {}
    for number in {numbers[i] for i in held}:
        equals = [i for i in listed if numbers[i] == number]
        first = listed.index(equals[0])
        mean = Fraction(sum(shares[first : first + len(equals)]), len(equals))
        found |= dict.fromkeys(equals, (first + 1, mean))
    return found


def limited(pay, group, allowed, *, residue, mode, ids):
    """Return pay (bonus by member, in cents) held to what each group may get; see `compplan.plan.limits`."""
    result = [list(each) for each in pay]
    for name, most in allowed.items():
        entries = [(b, i) for b, each in enumerate(pay) for i in range(len(each)) if group[i] == name]
        taken = -sum(pay[b][i] for b, i in entries if pay[b][i] < 0)
        given = [(b, i) for b, i in entries if pay[b][i] > 0]
        total = sum(pay[b][i] for b, i in given)
        if total - taken > most:
            amount = max(most + taken, 0)
            weights, whose = [pay[b][i] for b, i in given], [ids[i] for _, i in given]
            parts = share_out(weights, amount, total, residue=residue, mode=mode, ids=whose)
            for (b, i), part in zip(given, parts, strict=True):
                result[b][i] = part
    return result

"""Payouts, slow and obvious: one member after the other, with fractions."""

from __future__ import annotations

from fractions import Fraction

from naive.money import round_to_int


def pay_out(earned, carried, terms, mode):
    """Return paid, withheld, written off, deductions by name and parts by name of one member.

    `terms` has minimum, can_be_paid, forgiven, takes (name, rate or None, amount or None, above) and shares (fractions).
    """
    due = earned + carried
    names = [name for name, *_ in terms["takes"]]
    nothing = dict.fromkeys(names, 0), dict.fromkeys(terms["shares"], 0)
    if due < 0 and terms["forgiven"]:
        return 0, 0, due, *nothing
    if due < max(terms["minimum"], 0) or not terms["can_be_paid"]:
        return 0, due, 0, *nothing
    deducted = {}
    for name, rate, amount, above in terms["takes"]:
        deducted[name] = 0
        if due > 0 and due > above:
            deducted[name] = amount if rate is None else round_to_int(due * rate, mode)
    net = due - sum(deducted.values())
    if net < 0 or (net == 0 and due > 0):
        return 0, due, 0, *nothing
    return net, 0, 0, deducted, split(net, terms["shares"])


def split(amount, shares):
    """Give each share its whole cents, and the cents that are left to the largest remainders."""
    exact = {name: amount * Fraction(share) for name, share in shares.items()}
    parts = {name: value.__floor__() for name, value in exact.items()}
    left = amount - sum(parts.values()) if shares else 0
    for name in sorted(exact, key=lambda name: -(exact[name] - parts[name]))[:left]:
        parts[name] += 1
    return parts

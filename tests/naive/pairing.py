"""The slow, obvious twin of pairing: dictionaries of sides, one pair at a time, money and ratios as `Fraction`."""

from __future__ import annotations

from fractions import Fraction


def sides_of(parents, sides, values):
    """What stands on the left and on the right of everybody: each value climbs to the top, side by side."""
    found = [[0, 0] for _ in parents]
    for member, value in enumerate(values):
        below, above = member, parents[member]
        while above >= 0:
            found[above][sides[below]] += value
            below, above = above, parents[above]
    return [tuple(pair) for pair in found]


def stronger(on):
    """The place of the stronger side; the left one on a tie."""
    return 1 if on[1] > on[0] else 0


def pair_member(on, ratio, unit, *, most=None, may=True, anew=False, balanced=False, carry="both", steps=None):
    """Pair the two sides of one member; returns pairs, the step reached (from 1, or 0), and what is carried on.

    `ratio` is a Fraction (None for a member without), `unit` what one pair takes of the weaker side; 0 for any amount.
    """
    on = list(on)
    if not may:
        return 0, 0, tuple(on)
    if ratio is None:
        return 0, 0, tuple(kept(on, stronger(on), carry))
    first = stronger(on)
    smallest = ratio.denominator
    pairs = step = 0
    if steps is not None:
        reached = [s for s in steps if both_reach(on, first, s * ratio, s)]
        if reached and (most is None or most > 0):
            pairs, step = 1, len(reached)
            take(on, first, reached[-1] * ratio, reached[-1])
            if balanced:
                while both_reach(on, first, smallest * ratio, smallest):
                    take(on, first, smallest * ratio, smallest)
    else:
        each = unit or smallest
        while most is None or pairs < most:
            strong = stronger(on) if anew else first
            if not both_reach(on, strong, each * ratio, each):
                break
            take(on, strong, each * ratio, each)
            pairs += 1
        while balanced and pairs and both_reach(on, first, smallest * ratio, smallest):
            take(on, first, smallest * ratio, smallest)
    return pairs, step, tuple(kept(on, stronger(on) if anew else first, carry))


def both_reach(on, strong, of_strong, of_weak):
    return on[strong] >= of_strong and on[1 - strong] >= of_weak


def take(on, strong, of_strong, of_weak):
    assert of_strong == int(of_strong)
    on[strong] -= int(of_strong)
    on[1 - strong] -= of_weak


def kept(on, strong, carry):
    """What is carried on: both sides, the stronger, or nothing."""
    if carry == "both":
        return on
    return [on[side] if carry == "strong" and side == strong else 0 for side in (0, 1)]


def aged(total, new, lots):
    """What is left of a side by the periods that it came from, newest first, as it is used up oldest first; and what expired."""
    if total < 0:
        return [total, *[0] * (len(lots) - 1)], 0
    units = [max(0, lot) for lot in (new, *lots)]
    surplus = sum(units) - total
    for age in range(len(lots), -1, -1):  # the oldest goes first
        gone = min(units[age], max(0, surplus))
        units[age] -= gone
        surplus -= gone
    return units[: len(lots)], units[len(lots)]


def exact(value):
    return Fraction(value)

"""Own volume in bands and blocks, and advances with a chargeback, slow and obvious, with fractions."""

from __future__ import annotations

from naive.bands import parts


def marginal(starts, rates, before, volumes):
    """Return, for volumes that come one after the other, what each part is paid: (volume number, band, part)."""
    found, low = [], before
    for number, volume in enumerate(volumes):
        found += [(number, band, part) for band, part in parts(starts, low, low + volume).items()]
        low += volume
    return [(number, band, part, part * rates[band] if band >= 0 else 0) for number, band, part in found]


def blocks(starts, rates, volume, size, incomplete, after):
    """Return (part, rate, paid) of full blocks one by one, and of the rest."""
    found, at = [], 0
    while volume - at >= size:
        found += [(part, rates[band], True) for band, part in parts(starts, at, at + size).items() if band >= 0]
        at += size
    full = at // size
    pays = incomplete != "unpaid" and full >= after
    if volume > at and incomplete == "previous_rate":
        band = max(parts(starts, at - size, at), default=-1) if full else -1
        found.append((volume - at, rates[band] if band >= 0 else 0, pays and full > 0 and band >= 0))
    elif volume > at:
        found += [(part, rates[band], pays and band >= 0) for band, part in parts(starts, at, volume).items()]
    return found


def advance(rate, periods, after, volume, payable, kept):
    """Return what a customer brings his earner in a period, as (volume, rate), and what is kept of him."""
    left, base, advanced_rate, over = kept
    if left and volume <= 0:
        return (-base * left, advanced_rate), (0, 0, 0, 0)
    if left:
        return (0, 0), (left - 1, base, advanced_rate, 1)
    if volume <= 0:
        return (0, 0), (0, 0, 0, 0)
    if over and after == "nothing":
        return (0, 0), (0, 0, 0, 1)
    if over and after == "as_earned":
        return (volume if payable else 0, rate), (0, 0, 0, 1)
    if not payable:
        return (0, 0), (0, 0, 0, over)
    return (volume * periods, rate), (periods - 1, volume, rate, 1)

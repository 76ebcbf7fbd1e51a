"""A tier bonus from period to period, for one member, in words."""

from __future__ import annotations


def step(spec, reached, payable, floor, in_time, before):
    """Return the events (form, tier, part, payable) of one member and what is kept of him."""
    last = before.get("holding", 0)
    lately = [reached] + [before[f"ago_{number}"] for number in range(1, spec.held)]
    tier = max(min(lately), min(last, reached))
    graced = tier < last and floor and before.get("grace", 0) < spec.grace
    best, events, after = before.get("tier", 0), set(), dict(before)
    for each in range(1, spec.count + 1):
        pays = each <= tier if spec.every else each == tier
        new = spec.first and pays and best < each
        first = new and in_time[each - 1]
        if first:
            events.add(("FIRST", each, 1, payable))
        elif spec.again and pays:
            events.add(("AGAIN", each, 1, payable))
        elif new:
            events.add(("LATE", each, 1, payable))
        lost = tier < each <= last if spec.every else tier < each == last
        if spec.again and graced and lost:
            events.add(("GRACE", each, 1, payable))
        if spec.payments > 1:
            left = before[f"left_{each}"]
            part = spec.payments - left + 1
            met = {"nothing": True, "pay_when": payable, "tier": payable and tier >= each}[spec.needs]
            if left and met:
                events.add(("PART", each, part, True))
            elif left:
                events.add(("LAPSED" if spec.missed == "lost" else "WAITING", each, part, True))
            if left and (met or spec.missed == "lost"):
                after[f"left_{each}"] = left - 1
            if first and payable:
                after[f"left_{each}"] = spec.payments - 1
    now = {
        "tier": max(best, tier) if payable else best,
        "holding": (last if graced else tier) if payable else 0,
        "grace": before.get("grace", 0) + 1 if payable and graced else 0,
    }
    for number in range(1, spec.held):
        now[f"ago_{number}"] = (reached if payable else 0) if number == 1 else before[f"ago_{number - 1}"]
    return events, {name: now.get(name, after.get(name)) for name in spec.kept}

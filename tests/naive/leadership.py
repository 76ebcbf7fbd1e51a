"""The slow, obvious twin of leadership: each member after his frontline, as the rule is told."""

from __future__ import annotations


def flow(parents, own, owed, keeps):
    """Return received, sent and kept by member, and what leaves at the top."""
    members = range(len(parents))
    frontline = {member: [child for child in members if parents[child] == member] for member in members}
    received, sent = {}, {}

    def settle(member):
        for child in frontline[member]:
            settle(child)
        received[member] = sum(sent[child] for child in frontline[member])
        if not keeps[member]:
            sent[member] = own[member] + received[member]
        else:
            lacking = max(0, owed[member] - own[member])
            sent[member] = own[member] + min(lacking, received[member])

    for member in members:
        if parents[member] < 0:
            settle(member)
    kept = {member: received[member] + own[member] - sent[member] for member in members}
    top = sum(sent[member] for member in members if parents[member] < 0)
    return [[column[member] for member in members] for column in (received, sent, kept)], top

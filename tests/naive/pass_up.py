"""The slow, obvious twin of pass-up: one sale after the other, and every upline climbed.

A case is a dict: `parents`, `klass` (None passes nothing), `keeps`, `takes`, `since` (a list, or None), `passes[class]`
a set of numbers, `sales` a list of `(buyer, value, time)` in order, and the flags of `PassUp`. What is known from
before is three dicts: `sold` by seller, `number` and `receiver` by buyer.
"""

from __future__ import annotations


def nearest(case, member, time):
    member = case["parents"][member]
    while member >= 0:
        if case["takes"][member] and in_time(case, member, time):
            return member
        member = case["parents"][member]
    return -1


def in_time(case, member, time):
    return case["since"] is None or case["since"][member] < time


def run(case, sold, number, receiver):
    """Return (number, taker, passed) of each sale; the dicts change."""
    return [one(case, sale, sold, number, receiver) for sale in case["sales"]]


def one(case, sale, sold, number, receiver):
    buyer, value, time = sale
    seller = case["parents"][buyer]
    if value == 0 or seller < 0:
        return 0, seller, False
    if value < 0:
        taker = receiver.get(buyer, seller)
        return 0, taker, taker != seller
    repeat = case["by_buyer"] and buyer in number
    if not repeat:
        sold[seller] = sold.get(seller, 0) + 1
        number[buyer] = sold[seller]
    if repeat and case["same_receiver"]:
        return number[buyer], receiver[buyer], receiver[buyer] != seller
    goes_up = case["klass"][seller] is not None and number[buyer] in case["passes"][case["klass"][seller]]
    if case["lost_goes_up"] and not (case["keeps"][seller] and in_time(case, seller, time)):
        goes_up = True
    receiver[buyer] = nearest(case, seller, time) if goes_up else seller
    return number[buyer], receiver[buyer], goes_up

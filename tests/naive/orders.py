"""Slow, obvious twin of orders to volumes: rows as dicts, members as dicts, Fractions, and datetimes.

A row has order_id, member_id, date (datetime) and whatever columns rules name, amounts as Decimal. A member
has id, parent (an id or None), distributor, enrolled (datetime or None) and ordered_before; members come in
the order of their positions.
"""

from __future__ import annotations

import calendar
import datetime as dt
from fractions import Fraction


def span_end(moment, span):
    if span.count > 10**6:
        return dt.datetime.max
    if span.unit == "days":
        return moment + dt.timedelta(days=span.count)
    months = moment.year * 12 + moment.month - 1 + span.count
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    if span.unit == "month_ends":
        return dt.datetime(year, month + 1, 1)
    return moment.replace(year=year, month=month + 1, day=day)


def midnight(moment):
    return dt.datetime(moment.year, moment.month, moment.day)


def takes(rule, row, rows, members):
    """Whether a rule counts a row."""
    buyer = next(m for m in members if m["id"] == row["member_id"])
    if rule.buyers == ("customers" if buyer["distributor"] else "distributors"):
        return False
    if any(row[column] not in wanted for column, wanted in rule.only):
        return False
    if any(row[column] in wanted for column, wanted in rule.exclude):
        return False
    for span in (rule.from_enrolment, rule.within):
        if span and not midnight(buyer["enrolled"]) <= row["date"] < span_end(buyer["enrolled"], span):
            return False
    if rule.after_enrolment and row["date"] < span_end(buyer["enrolled"], rule.after_enrolment):
        return False
    if rule.days_of_month and not rule.days_of_month[0] <= row["date"].day <= rule.days_of_month[1]:
        return False
    if rule.dates and not rule.dates[0] <= row["date"].date() <= rule.dates[1]:
        return False
    if rule.first_order:
        return is_of_first_order(row, rows, buyer) == (rule.first_order == "only")
    return True


def is_of_first_order(row, rows, buyer):
    first = min(order_key(other, rows) for other in rows if other["member_id"] == buyer["id"])
    return not buyer["ordered_before"] and order_key(row, rows) == first


def order_key(row, rows):
    """The time and the id of the order that a row is a line of."""
    return min(other["date"] for other in rows if same_order(row, other)), row["order_id"]


def same_order(a, b):
    return (a["member_id"], a["order_id"]) == (b["member_id"], b["order_id"])


def value(rule, row, members):
    buyer = next(m for m in members if m["id"] == row["member_id"])
    share = rule.share if buyer["distributor"] or rule.customer_share is None else rule.customer_share
    return Fraction(1 if rule.column is None else row[rule.column]) * Fraction(share)


def credited(rule, row, members):
    """The id of the member who is credited, or None."""
    by_id = {m["id"]: m for m in members}
    member = by_id[row["member_id"]]
    if not rule.credit_distributor:
        return member["id"]
    while not member["distributor"]:
        if member["parent"] is None:
            return None
        member = by_id[member["parent"]]
    return member["id"]


def base_volume(rule, rows, members):
    """Volume by member id."""
    volumes = {m["id"]: Fraction(0) for m in members}
    for row in rows:
        who = credited(rule, row, members)
        if who is not None and takes(rule, row, rows, members):
            volumes[who] += value(rule, row, members)
    return volumes


def uncredited(rule, rows, members):
    lost = [
        value(rule, row, members)
        for row in rows
        if credited(rule, row, members) is None and takes(rule, row, rows, members)
    ]
    return len(lost), sum(lost, Fraction(0))


def order_lines(rule, rows, members):
    """Lines by credited member id: (value, buyer, order id, time), without zeros."""
    position = {m["id"]: i for i, m in enumerate(members)}
    counted = [row for row in rows if takes(rule, row, rows, members)]
    orders = {}
    for row in counted:
        orders.setdefault((position[row["member_id"]], *order_key(row, counted)), []).append(row)
    lines = {m["id"]: [] for m in members}
    for (_, time, order), parts in sorted(orders.items()):
        total = sum((value(rule, row, members) for row in parts), Fraction(0))
        who = credited(rule, parts[0], members)
        if total and who is not None:
            lines[who].append((total, parts[0]["member_id"], order, time))
    return lines

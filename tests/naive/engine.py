"""A whole engine, slow and obvious: one plan as plain data, one member after the other, fractions and dicts.

The plan is what its YAML says, as dicts; its ladder is a list of requirements as `naive.ranks` takes them. Members,
orders and the state are lists of dicts. Every column is a dict by member id; volumes, trees, orders, walks and ranks
are computed by their own twins.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import SimpleNamespace

from compplan.plan import expression as ex
from compplan.plan.times import Span
from naive import orders as naive_orders
from naive import volumes as nv
from naive import walk
from naive.evaluate import value as evaluated
from naive.genealogy import lay_out
from naive.money import round_to_int
from naive.ranks import Field, least_ranks

FINE = 24  # decimals of money that is not rounded yet; more than any product of the test plans needs


def exact(value):
    """Read a number or a rate of the plan."""
    text = str(value)
    return Fraction(Decimal(text.removesuffix("%"))) / (100 if text.endswith("%") else 1)


def days(text):
    if text is None:
        return None
    count, unit = text.split(" ", 1)
    return Span(count=int(count), unit={"d": "days", "c": "months", "m": "month_ends"}[unit[0]])


def levels_of(table):
    """Return the levels of a table's row, and the tail or None."""
    items = table if isinstance(table, list) else [table]
    if str(items[-1]).endswith(" and deeper"):
        return [exact(x) for x in items[:-1]], exact(str(items[-1]).removesuffix(" and deeper"))
    return [exact(x) for x in items], None


def is_theirs(by):
    """Whether a key of a table is that of a source or an order."""
    return by.startswith(("source.", "orders.", "order."))


def as_list(value):
    return tuple(value) if isinstance(value, list) else (value,)


@dataclass
class Book:
    """One bonus: pay by member, ledger rows, and its balance."""

    currency: str
    pay: dict
    rows: list = field(default_factory=list)
    balance: dict = field(default_factory=dict)

    def lose(self, reason, amount):
        self.balance[reason] = self.balance.get(reason, 0) + amount


class Person:
    """What the names of a condition are for one member."""

    def __init__(self, engine, member):
        self.engine, self.member = engine, member

    def __getitem__(self, name):
        engine, member = self.engine, self.member
        if name in engine.rules:
            return engine.quantity(name)[member["member_id"]]
        if name in engine.plan["conditions"]:
            return engine.condition(name)[member["member_id"]]
        if name in engine.rank_numbers:
            return engine.rank_numbers[name]
        if name in {"rank", "title", "paid_as", "last_rank"}:
            return engine.ranks(name)[member["member_id"]]
        if name.startswith("member."):
            found = member[name.removeprefix("member.")]
            return bool(found) if name == "member.vip" else found
        roles = {"is_distributor": member["kind"] == "distributor", "is_customer": member["kind"] != "distributor"}
        return {**roles, "days_in_period": Fraction(31)}[name]


class Engine:
    def __init__(self, plan, ladder, members, orders, state):
        self.plan, self.ladder, self.orders = plan, ladder, orders
        self.rules = {**plan["volumes"], **plan["counts"]}
        self.rank_numbers = {f"r{number}": number for number in range(1, len(ladder) + 1)}
        self.parents = {
            name: {m["member_id"]: m[tree["parent"]] for m in members} for name, tree in plan["trees"].items()
        }
        self.ids = lay_out(self.parents["enrollment"]).ids
        by_id = {m["member_id"]: m for m in members}
        self.members = [by_id[i] for i in self.ids]
        before = {row["member_id"]: row for row in state}
        fresh = {"title": None, "last_rank": None, "ordered_before": False, "balance": Decimal(0), "club:tier": 0}
        self.before = {i: {**fresh, **before.get(i, {})} for i in self.ids}
        for made in ("quantity", "condition", "ranks", "forest"):  # each is computed once
            setattr(self, made, cache(getattr(self, made)))

    # ---- columns

    def forest(self, name):
        tree = lay_out(self.parents[name])
        return tree.ids, tree.parent

    def over(self, tree, compute, *columns):
        """Compute a list from lists in a tree's order, and return it by member."""
        ids, parents = self.forest(tree)
        return dict(zip(ids, compute(parents, *([column[i] for i in ids] for column in columns)), strict=True))

    def condition(self, text):
        expr = ex.parse(self.plan["conditions"].get(text, text))
        return {m["member_id"]: bool(evaluated(expr, Person(self, m))) for m in self.members}

    def tree_of(self, name):
        rule = self.rules[name]
        return self.tree_of(rule["legs"]) if "legs" in rule else rule.get("tree", "enrollment")

    def quantity(self, name):
        rule, tree = self.rules[name], self.tree_of(name)
        kind = next(k for k in ("sum", "member", "roll_up", "legs", "move_up", "compute", "count") if k in rule)
        return getattr(self, f"_{kind}")(rule, tree)

    def people(self, tree):
        return [
            {
                "id": m["member_id"],
                "parent": self.parents[tree][m["member_id"]],
                "distributor": m["kind"] == "distributor",
                "enrolled": m["enrolled_on"],
                "ordered_before": self.before[m["member_id"]]["ordered_before"],
            }
            for m in self.members
        ]

    def order_rule(self, rule, within=None):
        window = rule.get("window", {})
        return SimpleNamespace(
            column=rule["sum"].partition(".")[2] or None,
            credit_distributor=rule.get("credit") == "distributor",
            buyers=rule.get("buyers", "everyone"),
            only=[(column, as_list(wanted)) for column, wanted in rule.get("only", {}).items()],
            exclude=[(column, as_list(wanted)) for column, wanted in rule.get("exclude", {}).items()],
            from_enrolment=days(window.get("from_enrolment")),
            after_enrolment=days(window.get("after_enrolment")),
            days_of_month=window.get("days_of_month"),
            dates=window.get("dates") and [dt.date.fromisoformat(day) for day in window["dates"]],
            first_order=rule.get("first_order"),
            share=exact(rule.get("share", 1)),
            customer_share=exact(rule["customer_share"]) if "customer_share" in rule else None,
            within=days(within),
        )

    def _sum(self, rule, tree):
        return naive_orders.base_volume(self.order_rule(rule), self.orders, self.people(tree))

    def _member(self, rule, _tree):
        return {m["member_id"]: Fraction(m[rule["member"]]) for m in self.members}

    def masked(self, rule):
        base = self.quantity(rule["roll_up"])
        where = self.condition(rule["where"]) if "where" in rule else dict.fromkeys(self.ids, True)
        return {i: base[i] if where[i] else Fraction(0) for i in self.ids}

    def _roll_up(self, rule, tree):
        base, nobody = self.masked(rule), dict.fromkeys(self.ids, False)
        stop = self.condition(rule["stop_at"]) if "stop_at" in rule else nobody
        if "compress" in rule:
            skips = self.condition(rule["compress"])
            below = self.over(
                tree, lambda parents, v, skip: nv.sum_levels(parents, v, skip, rule["levels"]), base, skips
            )
            total = {i: base[i] + below[i] for i in self.ids}
        elif "levels" in rule:
            total = self.over(tree, lambda parents, v: nv.roll_up_levels(parents, v, rule["levels"]), base)
        elif "outside_legs_with" in rule:
            legs, flag = self.over(tree, nv.roll_up, base), self.condition(rule["outside_legs_with"])
            total = self.over(tree, nv.outside_legs, legs, base, flag)
        elif "with_uplines" in rule:
            total = self.over(tree, nv.roll_up_outside_uplines, base, self.condition(rule["with_uplines"]), stop)
        else:
            total = self.over(tree, nv.roll_up_stopping, base, stop)
        return total if rule.get("own", True) else {i: total[i] - base[i] for i in self.ids}

    def _legs(self, rule, tree):
        legs = self.over(tree, nv.roll_up, self.masked(self.rules[rule["legs"]]))
        pick = rule.get("pick", "sum")
        if pick == "others" and "leg_cap_amount" in rule:  # the largest leg, capped as any other, is left out
            caps = [exact(rule["leg_cap_amount"])] * len(self.ids)
            every = self.over(tree, lambda parents, v: nv.capped_legs(parents, v, caps), legs)
            largest = self.over(tree, lambda parents, v: nv.nth_leg(parents, v, 1), legs)
            return {i: every[i] - min(largest[i], caps[0]) for i in self.ids}
        if pick in {"others", "after_second"}:
            after = 1 if pick == "others" else 2
            return self.over(tree, lambda parents, v: nv.other_legs(parents, v, after), legs)
        if pick != "sum":
            nth = ("largest", "second", "third").index(pick) + 1
            return self.over(tree, lambda parents, v: nv.nth_leg(parents, v, nth), legs)
        if "leg_cap_amount" in rule:
            caps = [exact(rule["leg_cap_amount"])] * len(self.ids)
            return self.over(tree, lambda parents, v: nv.capped_legs(parents, v, caps), legs)
        if "leg_cap" in rule:
            share, unit = exact(rule["leg_cap"]), 10 ** self.scale(rule["legs"])
            total = self.quantity(rule["legs"])
            caps = {i: Fraction((total[i] * share * unit).__floor__(), unit) for i in self.ids}
            return self.over(tree, nv.capped_legs, legs, caps)
        return self.over(tree, nv.frontline_sum, legs)

    def scale(self, name):
        """Digits of a sum of orders, or of a roll-up of one: those of the column and of the shares."""
        rule = self.rules[name]
        if "roll_up" in rule:
            return self.scale(rule["roll_up"])
        shares = [exact(rule[key]) for key in ("share", "customer_share") if key in rule]
        return 2 + max((next(d for d in range(9) if (s * 10**d).denominator == 1) for s in shares), default=0)

    def _move_up(self, rule, tree):
        moves = self.condition(rule["where"])
        keep = {i: not moves[i] for i in self.ids}
        return self.over(
            tree, lambda parents, v, kept: nv.move_up(parents, v, kept)[0], self.quantity(rule["move_up"]), keep
        )

    def _compute(self, rule, _tree):
        expr = ex.parse(rule["compute"])
        found = {m["member_id"]: Fraction(evaluated(expr, Person(self, m))) for m in self.members}
        if "decimals" not in rule:
            return found
        unit, mode = 10 ** rule["decimals"], rule.get("rounding", "half_up")
        return {i: Fraction(round_to_int(x * unit, mode), unit) for i, x in found.items()}

    def _count(self, rule, tree):
        flag = self.condition(rule["count"])
        if rule["among"] == "frontline":
            return self.over(tree, nv.frontline_count, flag)
        if rule["among"] == "legs":
            return self.over(tree, nv.legs_with, flag)
        if "compress" in rule:
            skips = self.condition(rule["compress"])
            return self.over(
                tree, lambda parents, f, skip: nv.sum_levels(parents, f, skip, rule["levels"]), flag, skips
            )
        if "levels" in rule:
            return self.over(tree, lambda parents, f: nv.downline_count_levels(parents, f, rule["levels"]), flag)
        if "per_leg" in rule:
            return self.over(tree, lambda parents, f: nv.capped_leg_counts(parents, f, rule["per_leg"]), flag)
        return self.over(tree, nv.downline_count, flag)

    def ranks(self, name):
        known = {None: 0, **self.rank_numbers}
        if name in {"last_rank", "title"}:
            before = {i: known[self.before[i][name]] for i in self.ids}
            return before if name == "last_rank" else {i: max(before[i], self.ranks("rank")[i]) for i in self.ids}
        if name == "paid_as":
            return self.ranks(self.plan["ranks"]["paid_as"])
        ids, parents = self.forest("enrollment")
        pv, places, others = (
            [self.quantity("pv")[i] for i in ids],
            {i: n for n, i in enumerate(ids)},
            self.parents["placement"],
        )
        fields = Field(parents, pv), Field([places.get(others[i], -1) for i in ids], pv)
        eligible, closed = [self.condition("is_distributor")[i] for i in ids], self.plan["ranks"]["gaps"] == "closed"
        found = least_ranks(fields, self.ladder, range(len(ids)), closed=closed, eligible=eligible)
        return dict(zip(ids, found, strict=True))

    # ---- bonuses

    def round(self, amount, digits):
        return Fraction(round_to_int(amount * 10**digits, self.plan["rounding"]["mode"]), 10**digits)

    @property
    def decimals(self):
        return self.plan["currency"]["decimals"]

    def gate(self, bonus):
        allowed = self.condition(bonus["pay_when"]) if "pay_when" in bonus else dict.fromkeys(self.ids, True)
        return {i: allowed[i] and self.condition("is_distributor")[i] for i in self.ids}

    def row_of(self, by, table):
        """Return the number of each member's row of a table (-1 for none), and the rows."""
        if not isinstance(table, dict):
            return dict.fromkeys(self.ids, 0), [table]
        keys = list(table)
        if by.startswith("member."):
            found = {m["member_id"]: m[by.removeprefix("member.")] for m in self.members}
            return {i: keys.index(found[i]) if found[i] in keys else -1 for i in self.ids}, list(table.values())
        if by in self.rules:
            measure = self.quantity(by)
            return {i: sum(exact(key) <= measure[i] for key in keys) - 1 for i in self.ids}, list(table.values())
        numbers = [self.rank_numbers[key] for key in keys]
        held = self.ranks(by)
        return {i: numbers.index(held[i]) if held[i] in numbers else -1 for i in self.ids}, list(table.values())

    def run(self):
        """Return all books by bonus."""
        self.books = {}
        for name, bonus in self.plan["bonuses"].items():
            book = Book(bonus.get("currency", self.plan["currency"]["code"]), dict.fromkeys(self.ids, Fraction(0)))
            {"retail": self.retail, "tier": self.tier}.get(bonus["kind"], self.upward)(name, bonus, book)
            self.settle(name, bonus, book)
            self.books[name] = book
        return self.books

    def pay(self, book, name, earner, amount, best, due, **facts):
        """Enter one payment of the own-tier kind: `best` was set aside, `due` is his, `amount` is rounded."""
        book.pay[earner] += amount
        for entry, value in (("allotted", best), ("paid", amount), ("rounding", due - amount)):
            book.lose(entry, value)
        if amount:
            book.rows.append(row(name, "payment", earner, amount, book.currency, source=earner, **facts))

    def retail(self, name, bonus, book):
        table, word = bonus.get("rates", bonus.get("amounts")), "rates" if "rates" in bonus else "amounts"
        if any(map(is_theirs, as_list(bonus.get("rates_by", "paid_as")))):
            for who, facts, line in self.facts_of_lines(bonus, self.ids):
                self.retail_of(name, {**bonus, **self.by_earner(bonus, table, facts)}, book, [(who, *line[:2])], word)
        else:
            found = self.lines(bonus, self.ids)
            lines = [(who, *line[:2]) for who, parts in found.items() for line in parts if line[0]]
            self.retail_of(name, bonus, book, lines, word)

    def retail_of(self, name, bonus, book, lines, word):
        factor, gate = exact(bonus.get("money_per_point", 1)), self.gate(bonus)
        klass, rows = self.row_of(bonus.get("rates_by", "paid_as"), bonus[word])
        rates = [levels_of(r)[0][0] for r in rows]
        for who, base, order in lines:
            payable = gate[who] and klass[who] >= 0
            best, rate = base * max(rates) * factor, rates[klass[who]] if payable else Fraction(0)
            due = base * rate * factor
            book.lose("lower_rate" if payable else "not_qualified", best - due)
            facts = {"order": order, "base": base, "rate": rate, "factor": factor}
            self.pay(book, name, who, self.payment(due, book), best, due, **facts)

    def digits_of(self, currency):
        """Return the digits of a currency: the plan's own, or two of any other that the plans name."""
        return self.decimals if currency == self.plan["currency"]["code"] else 2

    def payment(self, amount, book):
        return self.round(amount, self.digits_of(book.currency)) if self.plan["rounding"]["at"] == "payment" else amount

    def tier(self, name, bonus, book):
        reached, rows = self.row_of(bonus["by"], bonus["amounts"])
        again = [exact(x) for x in rows]
        first, gate = [exact(x) for x in bonus.get("first_time", bonus["amounts"]).values()], self.gate(bonus)
        self.tiers = {}
        for who in self.ids:
            before, tier = self.before[who].get("club:tier", 0), reached[who] + 1
            self.tiers[who] = max(before, tier) if gate[who] else before
            if tier > 0:
                best = (first if tier > before else again)[tier - 1]
                due = best if gate[who] else Fraction(0)
                book.lose("not_qualified", best - due)
                self.pay(book, name, who, self.payment(due, book), best, due, base=Fraction(1))

    def upward(self, name, bonus, book):
        tree = bonus.get("tree", "enrollment")
        ids, parents = self.forest(tree)
        fixed = "amounts" in bonus
        if "stop_at" in bonus:
            ends = self.condition(bonus["stop_at"])
            parents = [-1 if ends[i] else parent for i, parent in zip(ids, parents, strict=True)]
        table = bonus["amounts"] if fixed else bonus["rates"]
        if any(map(is_theirs, as_list(bonus.get("rates_by", "paid_as")))):
            for i, facts, base in self.facts_of_lines(bonus, ids):
                alone = {key: value for key, value in bonus.items() if key not in {"rates_by", "cap_per_source"}}
                alone |= self.by_earner(bonus, table, facts)
                self.upward_of(name, alone, book, {other: [base] if other == i else [] for other in ids}, ids, parents)
            if "cap_per_source" in bonus:
                self.cap_sources(name, bonus, book)
            return
        self.upward_of(name, bonus, book, self.lines(bonus, ids), ids, parents)
        if "cap_per_source" in bonus:
            self.cap_sources(name, bonus, book)

    def upward_of(self, name, bonus, book, lines, ids, parents):
        """Add to a book what some lines pay, by a table of the earner's keys."""
        fixed, factor = "amounts" in bonus, exact(bonus.get("money_per_point", 1))
        klass, tables = self.opened(bonus, bonus["amounts"] if fixed else bonus["rates"])
        tail, listed = any(t is not None for _, t in tables), max(len(levels) for levels, _ in tables)
        listed = listed if listed or tail else 1
        printed = [[*levels, *[below or Fraction(0)] * (listed - len(levels) + tail)] for levels, below in tables]
        base_digits = 0 if fixed else 6
        unit = self.digits_of(book.currency) if self.plan["rounding"]["at"] == "payment" else FINE
        case = {
            "parents": parents,
            "klass": [klass[i] for i in ids],
            "pay": [self.gate(bonus)[i] for i in ids],
            "counted": self.counted(bonus, ids),
            "since": self.since(bonus, ids),
            "lines": [[(n, int(base * 10**6), time) for n, (base, _, time, _) in enumerate(lines[i])] for i in ids],
            "rates": [[int(rate * factor * 10**FINE) for rate in levels] for levels in printed],
            "columns": listed + tail,
            "tail": tail,
            "fixed": fixed,
            "denominator": 10 ** (FINE + base_digits - unit),
            "counts": {"none": "everyone", "unpayable": "payable"}.get(bonus.get("compress", "none"), "flag"),
            "uncounted_paid": bonus.get("skipped") == "paid",
            "pass_up": bonus.get("unpaid") == "pass_up",
            "from_self": bonus.get("start") == "self",
            "source_counts": None,
            "pairs": None,
            "round_each": True,
            "rounding": walk.MODES.index(self.plan["rounding"]["mode"]),
        }
        found = walk.run(case)
        for i, amount in zip(ids, found.pay, strict=True):
            book.pay[i] += Fraction(amount, 10**unit)
        for reason, amount in found.tally.items():
            book.lose(reason, amount / 10**unit)
        for earner, source, n, level, number, _, units in found.rows:
            base, order, *_ = lines[ids[source]][n]
            rate = None if fixed else printed[number][min(level, listed + tail) - 1]
            facts = {"order": order, "level": level, "base": base, "rate": rate, "factor": None if fixed else factor}
            amount = Fraction(units, 10**unit)
            book.rows.append(row(name, "payment", ids[earner], amount, book.currency, source=ids[source], **facts))

    def facts_of_lines(self, bonus, ids):
        """Yield, for every line: its source, what the source or the order has of each key that is theirs, the line."""
        theirs = [by for by in as_list(bonus["rates_by"]) if is_theirs(by)]
        columns = [by.removeprefix("orders.") for by in theirs if by.startswith("orders.")]
        texts = {tuple(order[column] for column in columns) for order in self.orders} if columns else {()}
        for found in sorted(texts, key=str):
            only = list(zip(columns, ((text,) for text in found), strict=True))
            for i, lines in self.lines(bonus, ids, only).items():
                for line in lines:
                    yield i, {by: self.fact(by, i, line, dict(zip(columns, found, strict=True))) for by in theirs}, line

    def fact(self, by, source, line, texts):
        kind, _, name = by.partition(".")
        if kind == "orders":
            return texts[name]
        if kind == "order":
            rule, people = self.order_rule(self.rules[name]), self.people(self.tree_of(name))
            this = [o for o in self.orders if (o["order_id"], o["member_id"]) == (line[1], line[3])]
            counted = [o for o in this if naive_orders.takes(rule, o, self.orders, people)]
            return sum((naive_orders.value(rule, o, people) for o in counted), Fraction(0))
        if name.startswith("member."):
            return next(m for m in self.members if m["member_id"] == source)[name.removeprefix("member.")]
        if name in self.rules:
            return self.quantity(name)[source]
        return self.ranks(name)[source]

    def by_earner(self, bonus, table, facts):
        """Return the table that is left, and what its keys are, once the source and the order are known."""
        keys = as_list(bonus["rates_by"])
        left = [by for by in keys if not is_theirs(by)]
        word = "amounts" if "amounts" in bonus else "rates"
        return {word: self.taken(keys, table, facts), "rates_by": left[0] if left else "paid_as"}

    def taken(self, keys, table, facts):
        by, *deeper = keys or [None]
        if not isinstance(table, dict):
            return table
        if not is_theirs(by):
            return {key: self.taken(deeper, row, facts) for key, row in table.items()}
        value = facts[by]
        if isinstance(value, Fraction):
            met = [key for key in table if exact(key) <= value]
        else:
            met = [key for key in table if key == value or self.rank_numbers.get(key, -1) == value]
        return self.taken(deeper, table[met[-1]], facts) if met else "0"

    def cap_sources(self, name, bonus, book):
        klass, rows = self.row_of(bonus.get("cap_per_source_by", "paid_as"), bonus["cap_per_source"])
        brought, new = {}, dict(book.pay)
        unit = 10 ** (self.digits_of(book.currency) if self.plan["rounding"]["at"] == "payment" else FINE)
        for payment in book.rows:
            who = payment[2], payment[3]
            brought[who] = brought.get(who, 0) + payment[9]
        for (earner, _), amount in brought.items():
            if klass[earner] >= 0:
                cap = Fraction((exact(rows[klass[earner]]) * unit).__floor__(), unit)  # in money that can be paid
                new[earner] -= max(Fraction(0), amount - cap)
        self.adjust(name, book, "capped_per_source", new)

    def opened(self, bonus, table):
        """Return each member's row (-1 for none) and the rows: one for each key, begun late and cut off early."""
        klass, rows = self.row_of(bonus.get("rates_by", "paid_as"), table)
        before = [Fraction(0)] * (bonus.get("from_level", 1) - 1)
        tables = [([*before, *levels], tail) for levels, tail in map(levels_of, rows)]
        if "levels" not in bonus:
            return klass, tables
        depth, numbers = self.row_of(bonus.get("levels_by", "paid_as"), bonus["levels"])
        cuts = [self.cut(levels, tail, last) for levels, tail in tables for last in (*numbers, 0)]
        width = len(numbers) + 1
        row = {
            i: -1 if klass[i] < 0 else klass[i] * width + (depth[i] if depth[i] >= 0 else width - 1) for i in self.ids
        }
        return row, cuts

    @staticmethod
    def cut(levels, tail, last):
        if last == "all":
            return levels, tail
        last = int(last)
        return (levels + ([] if tail is None else [tail] * (last - len(levels))))[:last], None

    def lines(self, bonus, ids, only=()):
        """Return the lines of every source as (volume, order, time, buyer), of orders with some texts in columns."""
        if "where" in bonus:
            counts = self.condition(bonus["where"])
            found = self.lines({key: value for key, value in bonus.items() if key != "where"}, ids, only)
            return {i: [(base if counts[i] else Fraction(0), *rest) for base, *rest in found[i]] for i in ids}
        rule, window = self.rules[bonus["of"]], bonus.get("window")
        payment = bonus.get("payment", "order" if bonus["kind"] == "fast_start" else "period")
        if "sum" not in rule or (payment == "period" and window is None and not only):
            return {i: [(self.quantity(bonus["of"])[i], None, None, None)] for i in ids}
        taken = self.order_rule(rule, window)
        taken.only += only
        parts = naive_orders.order_lines(taken, self.orders, self.people(self.tree_of(bonus["of"])))
        if payment == "order":
            return {i: [(base, order, time, buyer) for base, buyer, order, time in parts[i]] for i in ids}
        return {i: [(sum((base for base, *_ in parts[i]), Fraction(0)), None, None, None)] for i in ids}

    def counted(self, bonus, ids):
        if bonus.get("compress", "none") in {"none", "unpayable"}:
            return None
        skipped = self.condition(bonus["compress"])
        return [not skipped[i] for i in ids]

    def since(self, bonus, ids):
        if "qualified_since" not in bonus:
            return None
        by_id, column = {m["member_id"]: m for m in self.members}, bonus["qualified_since"].removeprefix("member.")
        return [by_id[i][column] or NEVER for i in ids]

    def settle(self, name, bonus, book):
        if self.plan["rounding"]["at"] == "bonus":
            self.adjust(
                name,
                book,
                "rounding",
                {i: self.round(pay, self.digits_of(book.currency)) for i, pay in book.pay.items()},
            )
        if "cap" in bonus:
            klass, rows = self.row_of(bonus.get("cap_by", "paid_as"), bonus["cap"])
            caps = {i: exact(rows[klass[i]]) if klass[i] >= 0 else None for i in self.ids}
            self.adjust(
                name, book, "capped", {i: pay if caps[i] is None else min(pay, caps[i]) for i, pay in book.pay.items()}
            )

    def adjust(self, name, book, entry, new):
        for i, pay in book.pay.items():
            if new[i] != pay:
                book.rows.append(row(name, entry, i, new[i] - pay, book.currency))
                book.lose(entry, pay - new[i])
                book.lose("paid", new[i] - pay)
        book.pay = new

    # ---- totals

    def totals(self):
        """Return ledger rows of the totals, and payables by (member, currency)."""
        own, rows, found = self.plan["currency"]["code"], [], {}
        for currency in dict.fromkeys([own, *(book.currency for book in self.books.values())]):
            minimum = exact(self.plan["payout"]["minimum"]) if currency == own else 0
            for i in self.ids:
                total = sum((book.pay[i] for book in self.books.values() if book.currency == currency), Fraction(0))
                earned = self.round(total, self.digits_of(currency))
                carried = Fraction(self.before[i]["balance"]) if currency == own else Fraction(0)
                if earned != total:
                    rows.append(row(None, "rounding", i, earned - total, currency))
                held = earned + carried < max(minimum, 0)
                due = earned + carried
                found[i, currency] = (earned, carried, due if held else Fraction(0), Fraction(0) if held else due)
        return rows, found


NEVER = naive_orders.dt.datetime.max


def row(
    bonus, entry, earner, amount, currency, *, source=None, order=None, level=None, base=None, rate=None, factor=None
):
    return (bonus, entry, earner, source, order, level, base, rate, factor, amount, currency)

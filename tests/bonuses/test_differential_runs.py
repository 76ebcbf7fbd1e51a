"""Differentials in whole runs: numbers by hand, at every rounding point, with and without a ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest

import compplan as cp

PLAN = """compplan: 1
name: Steps
currency: USD
period: monthly
rounding: {mode: half_up, at: ROUNDED}
trees: {sponsor: {parent: sponsor_id}}
volumes: {cv: {sum: orders.cv}, gv: {roll_up: cv}, before: {member: before, decimals: 2}}
bonuses:
  step: {kind: differential, of: cv, BONUS}
"""
LINE = ["top", "mid", "low", "end"]


def ran(tmp_path, bonus, volumes, *, rounded="payment", ledger=True, state=None, period="2026-10", **columns):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("ROUNDED", rounded).replace("BONUS", bonus))
    members = [
        {"member_id": name, "sponsor_id": above, "before": "0", **{key: of.get(name) for key, of in columns.items()}}
        for name, above in zip(LINE, [None, *LINE], strict=False)
    ]
    orders = [
        {"order_id": i, "member_id": name, "date": f"{period}-01", "cv": cv}
        for i, (name, cv) in enumerate(volumes.items())
    ]
    return cp.run(path, members, orders, period=period, ledger=ledger, state=state)


def pay(run):
    column = run.members.to_arrow()
    book = run._work.books["step"]
    found = {}
    for name, amount in zip(column["member_id"].to_pylist(), book.pay.tolist(), strict=True):
        if amount:
            found[name] = Decimal(amount).scaleb(-book.scale).normalize()
    return found


def by_hand(**amounts):
    return {name: Decimal(amount).normalize() for name, amount in amounts.items()}


@pytest.mark.parametrize("ledger", [True, False])
@pytest.mark.parametrize("rounded", ["payment", "bonus", "member"])
class TestEveryWay:
    def test_a_minimum_is_taken_below_the_first_step(self, tmp_path, rounded, ledger):
        """Low has 100 points and no rate, but takes 10 %; top has 600 + 100 = 700, 16 %, so 6 % on 100 and 16 % on 600."""
        bonus = "start: self, less: direct_leg, rates_by: gv, rates: {500: 16%}, takes_at_least: 10%, compress: cv == 0"
        run = ran(tmp_path, bonus, {"top": 600, "low": 100}, rounded=rounded, ledger=ledger)
        assert pay(run) == by_hand(top="102")
        assert {row["reason"]: row["amount"] for row in run.breakage.rows() if row["amount"]} == {"lower_rate": 10}

    def test_the_lower_of_both_rates(self, tmp_path, rounded, ledger):
        """End has 5 %, so of his 200 nobody has more: low 5 %, the others no difference; of low's 300 at 10 %, mid 10 %."""
        bonus = "rates_by: member.title, rates: {a: 5%, b: 10%, c: 20%}, whose_rate: lower"
        title = {"top": "c", "mid": "c", "low": "b", "end": "a"}
        run = ran(tmp_path, bonus, {"end": 200, "low": 300}, rounded=rounded, ledger=ledger, title=title)
        assert pay(run) == by_hand(low="10", mid="30")

    def test_held_and_released(self, tmp_path, rounded, ledger):
        """Low fails with 3 % of 33.35, 1.0005; a month later he has it: kept as 1.00, with 5 % of his own 100."""
        bonus = (
            "start: self, rates_by: member.title, rates: {a: 2%, b: 5%}, pay_when: cv >= 50, unpaid: hold, "
            "compress: member.away"
        )
        title = {"low": "b", "end": "a"}
        more = {"rounded": rounded, "ledger": ledger, "title": title, "away": dict.fromkeys(LINE, False)}
        first = ran(tmp_path, bonus, {"end": "33.35"}, **more)
        assert pay(first) == {}
        held = dict(
            zip(*(first.state.to_arrow()[name].to_pylist() for name in ("member_id", "step:held")), strict=True)
        )
        assert held == {"top": 0, "mid": 0, "low": Decimal("1.00"), "end": Decimal("0.67")}
        second = ran(tmp_path, bonus, {"low": 100}, state=first.state, period="2026-11", **more)
        assert pay(second) == by_hand(low="6")
        left = dict(
            zip(*(second.state.to_arrow()[name].to_pylist() for name in ("member_id", "step:held")), strict=True)
        )
        assert left == {"top": 0, "mid": 0, "low": 0, "end": Decimal("0.67")}

    @pytest.mark.parametrize(
        ("unpaid", "expected"), [("breakage", {"end": "10"}), ("pass_up", {"end": "10", "mid": "20"})]
    )
    def test_bands_of_who_cannot_be_paid(self, tmp_path, rounded, ledger, unpaid, expected):
        """End 100 x 10 % = 10. Low's group is 200: 10 + 20 = 30. Mid has 200 too, so nothing, or 20 where low passes up."""
        bonus = (
            "start: self, less: direct_leg, rates_by: gv, rates: {0: 10%, 100: 20%}, bands: marginal, "
            f"pay_when: not member.out, unpaid: {unpaid}"
        )
        out = {name: name == "low" for name in LINE}
        run = ran(tmp_path, bonus, {"end": 100, "low": 100}, rounded=rounded, ledger=ledger, out=out)
        assert pay(run) == by_hand(**expected)

    def test_something_is_taken_before(self, tmp_path, rounded, ledger):
        """Of end's 100, 8 % are taken: low has 5 %, mid 10 - 8 = 2 %, top 20 - 10, cut by 15 % in all: 5 %."""
        bonus = "rates_by: member.title, rates: {a: 5%, b: 10%, c: 20%}, taken: before, total_limit: 15%"
        title, before = {"top": "c", "mid": "b", "low": "a"}, dict.fromkeys(LINE, "0.08")
        run = ran(tmp_path, bonus, {"end": 100}, rounded=rounded, ledger=ledger, title=title, before=before)
        assert pay(run) == by_hand(mid="2", top="5")

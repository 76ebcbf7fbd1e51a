from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compplan.errors import UsageError
from compplan.plan.times import Span
from compplan.quantities.order_sum import OrderSum
from compplan.volumes.orders.rules import OrderRule, rule_from_model

shares = st.decimals(-2, 2, allow_nan=False, places=6) | st.sampled_from([Decimal("1.00"), Decimal("1E+1")])


@given(shares, st.none() | shares)
def test_factors_are_the_shares_at_the_scale_of_the_volume(share, customers):
    with localcontext() as context:
        context.prec = 2  # the decimal context must not matter
        rule = OrderRule("v", "cv", 2, share=share, customer_share=customers)
        added = 10 ** (rule.out_scale - 2)
        factors = rule.factor, rule.customer_factor
    assert Fraction(factors[0], added) == Fraction(share)
    assert Fraction(factors[1], added) == Fraction(share if customers is None else customers)
    assert rule.out_scale == 2 or any(factor % 10 for factor in factors)


def test_the_model_of_the_plan_becomes_a_rule():
    model = OrderSum.model_validate(
        {
            "sum": "orders.cv",
            "credit": "distributor",
            "buyers": "customers",
            "only": {"type": "refill", "store": [1, 2]},
            "exclude": {"online": False},
            "window": {
                "from_enrolment": "3 calendar months",
                "after_enrolment": "1 day",
                "days_of_month": [1, 15],
            },
            "first_order": "exclude",
            "share": "30%",
            "customer_share": "50%",
            "decimals": 3,
        },
    )
    assert rule_from_model("cv", model, Span(count=60, unit="days")) == OrderRule(
        name="cv",
        column="cv",
        scale=3,
        credit_distributor=True,
        buyers="customers",
        only=(("type", ("refill",)), ("store", (1, 2))),
        exclude=(("online", (False,)),),
        from_enrolment=Span(count=3, unit="months"),
        after_enrolment=Span(count=1, unit="days"),
        days_of_month=(1, 15),
        first_order="exclude",
        share=Decimal("0.30"),
        customer_share=Decimal("0.50"),
        within=Span(count=60, unit="days"),
    )


def test_orders_alone_are_counted():
    rule = rule_from_model("bought", OrderSum(sum="orders"))
    assert (rule.column, rule.out_scale, rule.factors) == (None, 0, (1, 1))


def test_buyers_who_do_not_count_have_no_factor():
    assert OrderRule("v", "cv", buyers="customers").factors == (0, 1)
    assert OrderRule("v", "cv", buyers="distributors").factors == (1, 0)


@pytest.mark.parametrize("days", [(0, 3), (5, 4), (1, 32)])
def test_days_that_are_not_of_one_month(days):
    with pytest.raises(UsageError, match="not days of one month"):
        OrderRule("v", "cv", days_of_month=days)


def test_shares_with_more_digits_than_64_bits_hold():
    with pytest.raises(UsageError, match="30 digits"):
        OrderRule("v", "cv", share=Decimal("0.333333333333333333333333333333"))

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import DataError, ExactnessError, UsageError
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.plan.sections import Orders
from compplan.plan.times import Span
from compplan.volumes.counts import nearest_flagged_ancestor
from compplan.volumes.orders.data import People, Uncredited
from compplan.volumes.orders.lines import order_lines
from compplan.volumes.orders.rules import OrderRule
from compplan.volumes.orders.sums import base_volumes
from compplan.volumes.orders.table import read_orders
from compplan.volumes.orders.windows import UNKNOWN
from tests.naive import orders as naive
from tests.volumes.forests import depths, parents_of

pytestmark = pytest.mark.kernels

START, END = dt.datetime(2024, 2, 1), dt.datetime(2024, 4, 1)
EPOCH = dt.datetime(1970, 1, 1)
SPANS = [Span(count=0, unit="days"), Span(count=20, unit="days"), Span(count=1, unit="months")]
SPANS += [Span(count=10**9, unit="days"), Span(count=10**9, unit="months"), Span(count=2, unit="month_ends")]


def base_volume(rule, orders, people):
    return base_volumes([rule], orders, people)[0]


def microseconds(moment):
    return UNKNOWN if moment is None else (moment - EPOCH) // dt.timedelta(microseconds=1)


def moments(start, end):
    days = st.datetimes(start, end - dt.timedelta(days=1)).map(naive.midnight)
    month_ends = st.sampled_from([dt.datetime(2024, 1, 31, 15), dt.datetime(2024, 2, 29), dt.datetime(2024, 3, 31)])
    return (
        days | st.datetimes(start, end - dt.timedelta(microseconds=1)) | month_ends.filter(lambda m: start <= m < end)
    )


@st.composite
def fields(draw):
    """Members in position order with ids of either kind, and the rows of their orders."""
    parents = parents_of(draw(depths(8)))
    texts = draw(st.booleans())
    number = st.integers(-(2**62), 2**62) if draw(st.booleans()) else st.integers(0, 50)
    ids = draw(st.lists(number, min_size=len(parents), max_size=len(parents), unique=True))
    ids = [f"m-{i}" for i in ids] if texts else ids
    members = [
        {
            "id": own,
            "parent": None if parent < 0 else ids[parent],
            "distributor": draw(st.booleans()),
            "enrolled": draw(moments(dt.datetime(2023, 12, 1), dt.datetime(2024, 5, 1))),
            "ordered_before": draw(st.booleans()),
        }
        for own, parent in zip(ids, parents, strict=True)
    ]
    genealogy_of(members)
    return members, draw(st.lists(rows(ids), max_size=12)) if ids else []


def rows(ids):
    amount = st.integers(-500, 20000).map(lambda cents: Decimal(cents).scaleb(-2))
    return st.fixed_dictionaries(
        {
            "order_id": st.sampled_from(["a", "b", "c", "a\0", "orders of a long name, more than one word", "ä"]),
            "member_id": st.sampled_from(ids),
            "date": moments(START, END),
            "qv": amount,
            "cv": amount,
            "type": st.sampled_from(["kit", "refill", None]),
            "store": st.sampled_from([1, 2, None]),
            "online": st.sampled_from([True, False, None]),
        },
    )


@st.composite
def rules(draw, name="volume"):
    def maybe(strategy):
        return draw(st.none() | st.none() | strategy)

    filters = st.sampled_from(
        [
            (("type", ("kit",)),),
            (("type", ("kit", "unknown")), ("store", (1, 300))),
            (("online", (True,)),),
            (("type", ()),),
        ],
    )
    return OrderRule(
        name,
        draw(st.sampled_from(["qv", "cv", None])),
        draw(st.sampled_from([2, 4])),
        credit_distributor=draw(st.booleans()),
        buyers=draw(st.sampled_from(["everyone", "everyone", "customers", "distributors"])),
        only=maybe(filters) or (),
        exclude=maybe(filters) or (),
        from_enrolment=maybe(st.sampled_from(SPANS)),
        within=maybe(st.sampled_from(SPANS)),
        after_enrolment=maybe(st.sampled_from(SPANS[:3])),
        dates=maybe(st.sampled_from([(dt.date(2026, 10, 2), dt.date(2026, 10, 20))])),
        days_of_month=maybe(st.sampled_from([(1, 15), (29, 31), (31, 31), (1, 31)])),
        first_order=maybe(st.sampled_from(["only", "exclude"])),
        share=draw(st.sampled_from(["1", "0.5", "0.10", "-1", "0", "1.25"]).map(Decimal)),
        customer_share=maybe(st.sampled_from(["1", "0.125", "0"]).map(Decimal)),
    )


def table_of(rows):
    money = pa.decimal128(20, 2)
    kinds = [pa.string(), None, pa.timestamp("us"), money, money, pa.string(), pa.int16(), pa.bool_()]
    names = ["order_id", "member_id", "date", "qv", "cv", "type", "store", "online"]
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in zip(names, kinds, strict=True)}
    return pa.table(columns)


def genealogy_of(members):
    """The genealogy of some members, which brings them into the order of their positions as well."""
    ids = [m["id"] for m in members]
    kind = pa.string() if any(isinstance(own, str) for own in ids) else pa.int64()
    columns = {"member_id": pa.array(ids, kind), "sponsor_id": pa.array([m["parent"] for m in members], kind)}
    genealogy = build_genealogy(
        pa.table(columns), id_column="member_id", trees=[TreeColumns("enrollment", "sponsor_id")]
    )
    members.sort(key=lambda m: genealogy.ids.to_pylist().index(m["id"]))
    return genealogy


def people_of(members):
    tree = genealogy_of(members).primary
    distributor = np.array([m["distributor"] for m in members], np.bool_)
    return People(
        distributor,
        nearest_flagged_ancestor(tree, distributor, from_self=True),
        np.array([microseconds(m["enrolled"]) for m in members], np.int64),
        np.array([m["ordered_before"] for m in members], np.bool_),
    )


def read(members, table, rules, **options):
    settled = {"columns": Orders(), "period_start": START, "period_end": END, "need_ids": True} | options
    return read_orders(table, rules=rules, genealogy=genealogy_of(members), **settled)


def exact(volumes, rule):
    return [Fraction(int(v), 10**rule.out_scale) for v in volumes]


@settings(deadline=None, max_examples=150)
@given(fields(), st.lists(rules(), min_size=1, max_size=7))
def test_base_volumes_are_those_of_the_twin(field, wanted):
    members, rows = field
    people = people_of(members)
    wanted = [OrderRule(**{f: getattr(r, f) for f in r.__slots__} | {"name": f"v{i}"}) for i, r in enumerate(wanted)]
    orders = read(members, table_of(rows), wanted)
    for threads in (1, 3):
        for rule, volumes in zip(wanted, base_volumes(wanted, orders, people, threads=threads), strict=True):
            assert volumes.dtype == np.int64
            assert exact(volumes, rule) == list(naive.base_volume(rule, rows, members).values())
            np.testing.assert_array_equal(base_volume(rule, orders, people), volumes)


@settings(deadline=None, max_examples=150)
@given(fields(), rules(), st.randoms(use_true_random=False))
def test_lines_are_those_of_the_twin_in_any_order_of_rows(field, rule, random):
    members, rows = field
    people = people_of(members)
    expected = naive.order_lines(rule, rows, members)
    for _ in range(2):
        orders = read(members, table_of(rows), [rule])
        lines = order_lines(rule, orders, people)
        assert found_lines(lines, rule, rows, members) == expected
        sums = [lines.value[a:b].sum() for a, b in zip(lines.start, lines.start[1:], strict=False)]
        np.testing.assert_array_equal(np.array(sums, np.int64), base_volume(rule, orders, people))
        random.shuffle(rows)


def found_lines(lines, rule, rows, members):
    return {
        m["id"]: [
            (
                Fraction(int(lines.value[k]), 10**rule.out_scale),
                rows[lines.order[k]]["member_id"],
                rows[lines.order[k]]["order_id"],
                EPOCH + dt.timedelta(microseconds=int(lines.time[k])),
            )
            for k in range(lines.start[j], lines.start[j + 1])
        ]
        for j, m in enumerate(members)
    }


@settings(deadline=None, max_examples=50)
@given(fields(), rules())
def test_what_nobody_gets_is_noted(field, rule):
    members, rows = field
    people = people_of(members)
    orders = read(members, table_of(rows), [rule])
    order_lines(rule, orders, people)
    count, total = naive.uncredited(rule, rows, members)
    if count and rule.customer_factor:
        found = orders.uncredited["volume"]
        assert (found.count, Fraction(found.sum, 10**rule.out_scale)) == (count, total)
    else:
        assert orders.uncredited == {}


@settings(deadline=None, max_examples=50)
@given(fields(), rules(), st.randoms(use_true_random=False))
def test_without_ids_each_row_is_an_order_and_shuffling_still_changes_nothing(field, rule, random):
    members, rows = field
    people = people_of(members)
    rule = OrderRule(**{f: getattr(rule, f) for f in rule.__slots__} | {"first_order": None})
    expected = naive.order_lines(rule, [row | {"order_id": i} for i, row in enumerate(rows)], members)
    results = []
    for _ in range(2):
        orders = read(members, table_of(rows).drop_columns("order_id"), [rule], need_ids=False)
        lines = order_lines(rule, orders, people)
        results.append((lines.start.tolist(), lines.value.tolist(), lines.time.tolist()))
        random.shuffle(rows)
    assert results[0] == results[1]
    counts = {who: len(own) for who, own in expected.items()}
    assert dict(zip(counts, np.diff(results[0][0]), strict=True)) == counts


# ---- examples by hand

MEMBERS = [
    {"id": 7, "parent": None, "distributor": False, "enrolled": None, "ordered_before": False},
    {
        "id": 5,
        "parent": 7,
        "distributor": True,
        "enrolled": dt.datetime(2024, 1, 31, 15),
        "ordered_before": True,
    },
    {
        "id": 6,
        "parent": 5,
        "distributor": False,
        "enrolled": dt.datetime(2024, 3, 1),
        "ordered_before": False,
    },
]


def order(member, day, amount="10.01", **more):
    given = {"order_id": "x", "member_id": member, "date": day, "qv": amount, "cv": amount, "type": None}
    amounts = {"qv": Decimal(amount), "cv": Decimal(amount)}
    return given | {"store": None, "online": None} | amounts | more


def volume(rule, *rows):
    return base_volume(rule, read(MEMBERS, table_of(rows), [rule]), people_of(MEMBERS)).tolist()


def test_half_of_customers_orders_is_exact():
    rule = OrderRule("cv", "cv", 2, credit_distributor=True, customer_share=Decimal("0.5"))
    assert rule.out_scale == 3
    assert volume(rule, order(6, START), order(5, START)) == [0, 5005 + 10010, 0]


def test_orders_that_nobody_is_credited_with_are_counted_and_summed():
    rule = OrderRule("cv", "cv", 2, credit_distributor=True)
    orders = read(MEMBERS, table_of([order(7, START), order(7, START, "2"), order(6, START)]), [rule])
    assert base_volume(rule, orders, people_of(MEMBERS)).tolist() == [0, 1001, 0]
    assert orders.uncredited == {"cv": Uncredited(2, 1201)}


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [
        (Span(count=1, unit="months"), dt.datetime(2024, 2, 29, 14, 59), dt.datetime(2024, 2, 29, 15)),
        (Span(count=2, unit="months"), dt.datetime(2024, 3, 31, 14, 59), dt.datetime(2024, 3, 31, 15)),
        (Span(count=2, unit="month_ends"), dt.datetime(2024, 2, 29, 23, 59), dt.datetime(2024, 3, 1)),
        (Span(count=2, unit="days"), dt.datetime(2024, 2, 2, 14, 59), dt.datetime(2024, 2, 2, 15)),
    ],
)
def test_a_window_ends_to_the_minute(span, inside, outside):
    within = OrderRule("new", "qv", 2, within=span)
    after = OrderRule("old", "qv", 2, after_enrolment=span)
    for rule, counts in ((within, inside), (after, outside)):
        assert volume(rule, order(5, inside, "3"), order(5, outside, "4"))[1] == (300 if counts == inside else 400)


def test_a_window_opens_at_midnight_of_the_day_of_enrolment():
    members = [MEMBERS[1] | {"parent": None, "enrolled": dt.datetime(2024, 2, 10, 12)}]
    rule = OrderRule("new", "qv", 2, from_enrolment=Span(count=60, unit="days"))
    days = [dt.datetime(2024, 2, 9, 23, 59), dt.datetime(2024, 2, 10), dt.datetime(2024, 2, 10, 11)]
    rows = [order(5, day, amount) for day, amount in zip(days, ("1", "2", "4"), strict=True)]
    assert base_volume(rule, read(members, table_of(rows), [rule]), people_of(members)).tolist() == [600]


def test_all_lines_of_the_first_order_belong_to_it():
    rule = OrderRule("first", "qv", 2, first_order="only")
    day = dt.datetime(2024, 3, 2)
    rows = [order(6, day, "1"), order(6, END - dt.timedelta(1), "2"), order(6, day, "4", order_id="y")]
    assert volume(rule, *rows, order(5, day, "8")) == [0, 0, 300]
    assert volume(OrderRule("later", "qv", 2, first_order="exclude"), *rows, order(5, day, "8")) == [
        0,
        800,
        400,
    ]


def test_order_ids_longer_than_the_words_that_are_compared():
    name = "x" * 30 + "{}" + "y" * 70
    rows = [order(5, START, str(i + 1), order_id=name.format(i % 3)) for i in range(6)]
    orders = read(MEMBERS, table_of(rows), [rule := OrderRule("v", "qv", 2)])
    assert order_lines(rule, orders, people_of(MEMBERS)).value.tolist() == [500, 700, 900]


def test_many_orders_of_one_buyer():
    days = [START + dt.timedelta(seconds=(k * 7919) % 10007) for k in range(10007)]
    orders = read(MEMBERS, table_of([order(5, day, order_id=f"{i:05}") for i, day in enumerate(days)]), [])
    at = orders.canonical
    assert (np.diff(at.times) > 0).all()
    np.testing.assert_array_equal(orders.times[at.rows], at.times)
    assert sorted(at.rows) == list(range(10007))


# ---- defects of the table


def problems(table, rules=(), **options):
    with pytest.raises(DataError) as raised:
        read(MEMBERS, table, list(rules), **options)
    return raised.value.problems


def with_column(table, name, values, kind=None):
    return table.set_column(table.column_names.index(name), name, pa.array(values, kind))


QV = OrderRule("pv", "qv", 2)
TWO = table_of([order(5, START, order_id="a"), order(6, START, order_id="b")])


def test_missing_columns_are_all_named():
    table = TWO.drop_columns(["member_id", "qv", "order_id", "type"])
    kit = OrderRule("cv", "cv", 2, only=(("type", ("kit",)),), first_order="only")
    found = [str(p) for p in problems(table, [QV, kit], need_ids=False)]
    assert [text.split('"')[1] for text in found] == ["member_id", "order_id", "qv", "type"]
    assert 'there is no column "qv"' in found[2]


def test_a_column_whose_name_stands_twice():
    (found,) = problems(TWO.append_column("qv", TWO["qv"]), [QV])
    assert "orders.qv" in str(found)
    assert 'there are 2 columns "qv"' in str(found)


def test_unknown_and_empty_buyers():
    table = with_column(table_of([order(5, START)] * 4), "member_id", [5, 99, None, 98])
    empty, unknown = problems(table, [QV])
    assert "the value is missing" in empty.message
    assert empty.place.rows == (2,)
    assert "not members" in unknown.message
    assert (unknown.place.rows, unknown.place.ids) == ((1, 3), ("99", "98"))


def test_buyers_of_another_kind_of_id():
    (found,) = problems(with_column(TWO, "member_id", ["5", "6"]), [QV])
    assert "members' ids are integers" in found.message
    assert found.place.column == "member_id"


def test_dates_outside_of_the_period_and_empty_ones():
    day = dt.timedelta(days=1)
    dates = [START, START - day, None, END, END - day]
    table = with_column(table_of([order(5, START, order_id=c) for c in "abcde"]), "date", dates)
    empty, outside = problems(table, [QV])
    assert (empty.place.rows, empty.place.ids) == ((2,), ("c",))
    assert "not in the period from 2024-02-01 until before 2024-04-01" in outside.message
    assert (outside.place.rows, outside.place.ids) == ((1, 3), ("b", "d"))


def test_dates_that_are_none():
    (found,) = problems(with_column(TWO, "date", [1, 2]), [QV])
    assert "dates or times" in found.message


def test_amounts_that_are_no_exact_numbers():
    assert "the value is missing" in problems(with_column(TWO, "qv", [None, 1]), [QV])[0].message
    assert "more than 2 decimals" in problems(with_column(TWO, "qv", ["1.005", "1"]), [QV])[0].message
    assert "does not hold exact amounts" in problems(with_column(TWO, "qv", [0.5, 1.5]), [QV])[0].message
    nan = with_column(TWO, "qv", [float("nan"), 1.5])
    assert "not a plain decimal" in problems(nan, [QV], allow_floats=True)[0].message
    floats = read(MEMBERS, with_column(TWO, "qv", [0.1, 1.5]), [QV], allow_floats=True)
    assert floats.values["qv", 2].tolist() == [10, 150]


@pytest.mark.parametrize(
    ("values", "kind", "wanted", "message", "hint"),
    [
        (["1", "2"], pa.string(), 12, "selects by 12, but the column holds string", '"12"'),
        (["1", "2"], pa.string(), True, "selects by true, but the column holds string", '"true"'),
        ([1, 2], pa.int8(), "kit", "selects by kit, but the column holds int8", "a number"),
        ([1, 2], pa.int8(), True, "selects by true, but the column holds int8", "a number"),
        ([True, None], pa.bool_(), 1, "selects by 1, but the column holds bool", "true or false"),
        ([0.5, 1.0], pa.float64(), 1, "double cannot be selected by", "text, whole numbers"),
    ],
)
def test_filters_of_another_type(values, kind, wanted, message, hint):
    rule = OrderRule("cv", "cv", 2, exclude=(("type", (wanted,)),))
    (found,) = problems(with_column(TWO, "type", values, kind), [rule])
    assert message in found.message
    assert hint in found.hint


def test_ids_that_are_missing_or_none():
    found = problems(with_column(TWO, "order_id", ["a", None]), [QV])
    assert found[0].place.rows == (1,)
    assert "cannot be read" in problems(with_column(TWO, "order_id", [0.5, 1.0]), [QV])[0].message
    assert read(MEMBERS, with_column(TWO, "order_id", ["a", None]), [QV], need_ids=False).ids is None


def test_everything_wrong_is_told_at_once():
    table = with_column(with_column(TWO, "member_id", [5, 1]), "qv", ["1.005", "x"])
    table = with_column(table, "date", [END, START])
    found = problems(table, [QV, OrderRule("bv", "bv")])
    assert len(found) == 5
    assert found == problems(table, [QV, OrderRule("bv", "bv")], threads=2)


def test_periods_with_a_zone_are_utc():
    zone = dt.timezone(dt.timedelta(hours=-5))
    period = {"period_start": dt.datetime(2024, 1, 31, 19, tzinfo=zone), "period_end": END}
    assert read(MEMBERS, TWO, [QV], **period).period[0] == microseconds(START)


def test_a_period_that_is_empty():
    with pytest.raises(UsageError, match="is empty"):
        read(MEMBERS, TWO, [QV], period_end=START)


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["kit", "x"]).dictionary_encode(),
        pa.chunked_array([pa.array(["kit"]).dictionary_encode(), pa.array(["x"]).dictionary_encode()]),
        pa.chunked_array([["kit"], [], ["x"]], pa.large_string()),
    ],
)
def test_filters_behind_dictionaries_and_chunks(column):
    table = TWO.set_column(TWO.column_names.index("type"), "type", column)
    rule = OrderRule("kits", "qv", 2, only=(("type", ("kit",)),))
    assert base_volume(rule, read(MEMBERS, table, [rule]), people_of(MEMBERS)).tolist() == [0, 1001, 0]


def test_a_filter_column_of_nulls_holds_nothing():
    table = with_column(TWO, "type", [None, None])
    rules = [
        OrderRule("a", "qv", 2, only=(("type", ("kit",)),)),
        OrderRule("b", "qv", 2, exclude=(("type", ("kit",)),)),
    ]
    found = base_volumes(rules, read(MEMBERS, table, rules), people_of(MEMBERS))
    assert [volumes.tolist() for volumes in found] == [[0, 0, 0], [0, 1001, 1001]]


# ---- defects of the people and of sizes


def test_sums_that_pass_64_bits_are_refused_and_those_that_just_fit_are_not():
    half = 2**62
    rule = OrderRule("pv", "qv", 0)
    fits = with_column(TWO, "qv", [half, -(half - 1)])
    assert base_volume(rule, read(MEMBERS, fits, [rule]), people_of(MEMBERS)).tolist() == [
        0,
        half,
        -(half - 1),
    ]
    over = read(MEMBERS, with_column(TWO, "qv", [half, -half]), [rule])
    for run in (base_volume, order_lines):
        with pytest.raises(ExactnessError, match="could pass 64 bits"):
            run(rule, over, people_of(MEMBERS))
    tenth = OrderRule("tenth", "qv", 0, share=Decimal("1.1"))
    with pytest.raises(ExactnessError, match="largest value is 4611686018427387904"):
        base_volume(tenth, read(MEMBERS, fits, [tenth]), people_of(MEMBERS))


def test_people_who_do_not_fit():
    orders = read(MEMBERS, TWO, [QV])
    good = people_of(MEMBERS)
    for wrong in (
        People(good.distributor[:2], good.credit_to),
        People(good.distributor, good.credit_to.astype(np.int64)),
        People(good.distributor, good.credit_to + np.int32(3)),
    ):
        with pytest.raises(UsageError, match="people"):
            base_volume(QV, orders, wrong)


def test_people_who_lack_what_a_rule_asks():
    rules = [OrderRule("w", "qv", 2, within=SPANS[1]), OrderRule("f", "qv", 2, first_order="only")]
    orders = read(MEMBERS, TWO, [QV], need_ids=False)
    people = people_of(MEMBERS)
    with pytest.raises(UsageError) as raised:
        base_volumes(rules, orders, People(people.distributor, people.credit_to))
    assert [p.message.split("people.")[-1].split(" is")[0] for p in raised.value.problems[:2]] == [
        "enrolled",
        "ordered_before",
    ]
    assert "without ids" in raised.value.problems[2].message


def test_an_empty_enrolment_is_an_error_only_where_it_decides():
    people, rows = people_of(MEMBERS), table_of([order(7, START, order_id="z"), order(6, START)])
    rule = OrderRule("new", "qv", 2, within=SPANS[1])
    with pytest.raises(DataError, match=r"orders: 1 row, first at 0 \(ids 7\)"):
        base_volume(rule, read(MEMBERS, rows, [rule]), people)
    for passes in ({"buyers": "distributors"}, {"only": (("type", ("kit",)),)}):
        rule = OrderRule("new", "qv", 2, within=SPANS[1], **passes)
        assert base_volume(rule, read(MEMBERS, rows, [rule]), people).tolist() == [0, 0, 0]


def test_orders_that_were_read_for_other_rules():
    with pytest.raises(UsageError, match='without "cv" with 2 decimals'):
        base_volume(OrderRule("cv", "cv", 2), read(MEMBERS, TWO, [QV]), people_of(MEMBERS))

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import compplan as cp


def explain(cli, data, member, *words):
    return cli("explain", "plan.yaml", member, *data, *words)


def test_by_default_the_next_rank_and_all_bonuses(cli, data):
    called = explain(cli, data, "ann")
    assert (called.code, called.err) == (0, "")
    lines = [line.split() for line in called.out.splitlines()]
    assert "ann holds bronze; for silver" in called.out or "ann holds silver; for gold" in called.out
    assert ["club", "20.00", "USD"] in lines


def test_a_rank_that_is_named(cli, data):
    called = explain(cli, data, "bob", "--rank", "silver")
    assert "bob holds bronze; for silver" in called.out
    assert "Pay by bonus" not in called.out
    run = cp.run("plan.yaml", "members.csv", "orders.csv", period="2026-10")
    for requirement in run.next_rank("bob", "silver").requirements:
        assert requirement.text in called.out


def test_a_bonus_that_did_not_pay_names_the_gate(cli, data):
    called = explain(cli, data, "fay", "--bonus", "retail")
    assert "fay, retail: 0.00 USD\nnot paid: active: pv >= 100 (80.00 of 100): not met" in called.out
    assert "holds" not in called.out


def test_a_bonus_that_paid_lists_its_sources(cli, data):
    called = explain(cli, data, "dan", "--bonus", "retail", "--rank", "gold")
    assert "dan, retail: 105.56 USD" in called.out
    assert "dan holds member; for gold" in called.out
    assert "1,055.55" in called.out


def test_json_has_exact_numbers_as_texts(cli, data):
    answer = json.loads(explain(cli, data, "dan", "--json").out)
    assert (answer["plan"], answer["period"], answer["member"]) == ("Small", "2026-10", "dan")
    assert (answer["next_rank"]["rank"], answer["next_rank"]["target"]) == ("member", "bronze")
    needs = {each["text"]: each["needed"] for each in answer["next_rank"]["requirements"]}
    assert needs == {"pv >= 100": "100.00", "active_front >= 2": "2"}
    retail = answer["why"][0]
    assert (retail["bonus"], retail["total"], retail["failed"]) == ("retail", "105.56", None)
    assert [row["reason"] for row in retail["rows"]] == ["paid"]
    assert "next_rank" not in json.loads(explain(cli, data, "dan", "--json", "--bonus", "club").out)
    assert "why" not in json.loads(explain(cli, data, "dan", "--json", "--rank", "gold").out)


def test_the_top_of_the_ladder_and_numbers_as_ids(cli, files):
    (files / "plan.yaml").write_text(
        (files / "plan.yaml").read_text().split("ranks:")[0] + "ranks: {ladder: {member: [], star: [gv >= 1]}}\n"
    )
    (files / "members.csv").write_text("member_id,sponsor_id,kind\n1001,,distributor\n")
    (files / "orders.csv").write_text("order_id,member_id,date,qv,amount\n1,1001,2026-10-01,5,5\n")
    members = pa.table({"member_id": [1001], "sponsor_id": pa.nulls(1, pa.int64()), "kind": ["distributor"]})
    orders = pa.table({"member_id": [1001], "date": ["2026-10-01"], "qv": [5], "amount": [5]})
    pq.write_table(members, files / "members.parquet")
    pq.write_table(orders, files / "orders.parquet")
    words = ("--members", "members.parquet", "--orders", "orders.parquet", "--period", "2026-10")
    for data in (words, ("--members", "members.csv", "--orders", "orders.csv", "--period", "2026-10")):
        called = explain(cli, data, "1001")
        assert called.code == 0, called.err
        assert "1001 holds star, the highest rank" in called.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("anne",), 'did you mean "ann"?'),
        (("ann", "--bonus", "retial"), 'did you mean "retail"?'),
        (("ann", "--rank", "golden"), 'did you mean "gold"?'),
    ],
)
def test_unknown_names_are_usage_errors_with_hints(cli, data, words, said):
    member, *rest = words
    called = explain(cli, data, member, *rest)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("usage: 1 problem\n")
    assert said in called.err


def test_bad_data_is_exit_code_1(cli, files, data):
    (files / "orders.csv").write_text("order_id,member_id,date,qv,amount\na,zoe,2026-10-01,1,1\n")
    called = explain(cli, data, "ann")
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith("data: 1 problem\n")


def test_the_steps_of_a_bonus_are_those_that_why_prints(cli, data):
    steps = cp.run("plan.yaml", "members.csv", "orders.csv", period="2026-10").why("ann", "club").details
    out = explain(cli, data, "ann", "--bonus", "club").out
    assert steps
    assert all(str(step) in out.splitlines() for step in steps)

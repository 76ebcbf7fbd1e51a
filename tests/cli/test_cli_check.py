from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv


@pytest.mark.usefixtures("files")
def test_a_good_plan_is_one_line(cli):
    called = cli("check", "plan.yaml")
    assert called == (
        0,
        "plan: no problems in Small (3 volumes, 1 count, 1 condition, 4 ranks, 2 bonuses)\n",
        "",
    )


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("options", [[], ["--patch", "patch.yaml"]])
def test_a_plan_alone_loads_nothing_heavy(python, options):
    code = f"""
import sys
from compplan.cli import main
assert main(["check", "plan.yaml", *{options}]) == 0
heavy = {{"numba", "numpy", "pyarrow", "pandas", "polars", "duckdb", "rich", "compplan.program.run"}}
if not {options}:
    heavy.add("cyclopts")
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr


NOT_NEEDED = {
    "cyclopts",
    "json",
    "compplan.arrow",
    "compplan.synthetic",
    "compplan.plan.inputs",
    "compplan.plan.rest",
    "compplan.plan.sentences",
    "compplan.plan.syntax",
    "compplan.plan.unfit",
    "compplan.quantities.company",
    "compplan.quantities.member_column",
    "compplan.bonuses.kinds.binary",
}
"""What words problems, and kinds that the plan does not name."""


@pytest.mark.usefixtures("files")
def test_a_plan_without_problems_loads_only_what_it_names(python):
    code = f"""
import sys
from compplan.cli import main
assert main(["check", "plan.yaml"]) == 0
assert not {NOT_NEEDED} & sys.modules.keys(), {NOT_NEEDED} & sys.modules.keys()
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("files")
def test_a_process_looks_for_no_dead_cycles_when_it_ends_nor_for_plugins_of_pydantic(python):
    code = """
import gc, os, sys
from compplan.cli import main
sys.argv[1:] = ["check", "plan.yaml"]
assert main() == 0
assert gc.get_freeze_count() > 0
assert os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__"
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr


def test_all_problems_of_a_plan_come_with_places_and_hints(cli, files):
    text = (files / "plan.yaml").read_text().replace("half_up", "half-up").replace("kind: tier", "kind: tire")
    (files / "plan.yaml").write_text(text)
    called = cli("check", "plan.yaml")
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith("plan: 2 problems\nplan.yaml:5:18:")
    assert 'did you mean "half_up"?' in called.err
    assert 'did you mean "tier"?' in called.err


def test_patches_are_checked_with_the_plan(cli, files):
    (files / "bad.yaml").write_text("compplan_patch: 1\nname: bad\nset: {bonuses.retial.rates: 5%}\n")
    assert cli("check", "plan.yaml", "--patch", "patch.yaml").code == 0
    called = cli("check", "plan.yaml", "--patch", "patch.yaml", "--patch", "bad.yaml")
    assert called.code == 1
    assert "bad.yaml:3:" in called.err


@pytest.mark.usefixtures("files")
def test_files_that_are_not_there_are_told_together(cli):
    called = cli("check", "plan.yml", "--patch", "patch.yaml", "--patch", "nope/x.yaml")
    assert (called.code, called.out) == (2, "")
    assert called.err.splitlines() == [
        "usage: 2 problems",
        "there is no file plan.yml",
        '  hint: did you mean "plan.yaml"?',
        "there is no file nope/x.yaml",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--orders", "orders.csv", "--period", "2026-10"), "--orders, --period without --members"),
        (("--state", "state.csv"), "--state without --members"),
        (("--members", "members.csv", "--orders", "orders.csv"), "--orders needs the --period"),
    ],
)
@pytest.mark.usefixtures("files")
def test_data_needs_members_and_orders_need_a_period(cli, words, said):
    called = cli("check", "plan.yaml", *words)
    assert called.code == 2
    assert said in called.err


def test_good_data(cli, data):
    called = cli("check", "plan.yaml", *data)
    assert (called.code, called.err) == (0, "")
    assert called.out.splitlines()[1] == "data: no problems in members (members.csv), orders (orders.csv)"


@pytest.mark.usefixtures("files")
def test_a_table_without_rows_is_looked_at_too(cli, files, data):
    (files / "members.csv").write_text("member_id,sponsor_id\n")
    called = cli("check", "plan.yaml", *data)
    assert called.code == 1
    assert 'there is no column "kind"' in called.err
    assert "orders.member_id: 7 rows" in called.err


@pytest.mark.usefixtures("files")
def test_members_alone_are_enough(cli):
    assert cli("check", "plan.yaml", "--members", "members.csv").code == 0


BAD_MEMBERS = """\
member_id,sponsor_id,kind
1,,distributor
2,1,distributor
3,4,distributor
4,3,distributor
5,9,distributor
"""
BAD_ORDERS = """\
order_id,member_id,date,qv
a,1,2026-10-01,10
b,77,2026-10-01,10.123
c,2,2026-11-01,x
"""


def test_everything_that_is_wrong_with_the_data_is_told_at_once(cli, files, data):
    (files / "members.csv").write_text(BAD_MEMBERS)
    (files / "orders.csv").write_text(BAD_ORDERS)
    (files / "state.csv").write_text("member,title\n1,silver\n")
    called = cli("check", "plan.yaml", *data, "--state", "state.csv")
    assert (called.code, called.out) == (1, "")
    for said in (
        "data: 8 problems",
        "3 -> 4 -> 3",
        "has a parent that is not a member: '9'",
        'there is no column "amount"',
        "(ids 77)",
        "2026-11-01 is not in the period",
        "10.123 has more than 2 decimals",
        '"x" is not a plain decimal number',
        'state: 1 row: there is no column "member_id"',
    ):
        assert said in called.err


def test_columns_that_are_missing_do_not_hide_the_rest(cli, files, data):
    (files / "members.csv").write_text("member_id,sponsor_id\n1,2\n2,1\n")
    called = cli("check", "plan.yaml", *data)
    assert called.code == 1
    assert 'there is no column "kind"' in called.err
    assert "1 -> 2 -> 1" in called.err
    assert "orders.member_id: 7 rows" in called.err


def test_without_readable_ids_columns_are_still_looked_for(cli, files, data):
    (files / "members.csv").write_text("id,sponsor_id,kind\n1,,distributor\n")
    (files / "orders.csv").write_text("member_id,date\n1,2026-10-01\n")
    called = cli("check", "plan.yaml", *data)
    assert called.code == 1
    assert [c for c in ("member_id", "qv", "amount") if f'there is no column "{c}"' in called.err] == [
        "member_id",
        "qv",
        "amount",
    ]


def test_problems_of_plan_data_and_command_stand_together(cli, files):
    (files / "plan.yaml").write_text("compplan: 1\n")
    (files / "members.csv").write_text("a,a\n1,2\n")
    called = cli("check", "plan.yaml", "--members", "members.csv", "--orders", "no.csv", "--period", "2026-13")
    assert (called.code, called.out) == (1, "")
    heads = [line for line in called.err.splitlines() if line.split(":")[0] in {"plan", "data", "usage"}]
    assert [head.split(":")[0] for head in heads] == ["plan", "data", "usage"]
    assert "2026-13" in called.err
    assert "there is no file no.csv" in called.err


def test_numbers_that_would_not_fit_are_found_without_paying(cli, files, data):
    huge = "90000000000000000.00"
    (files / "orders.csv").write_text(
        f"order_id,member_id,date,qv,amount\na,ann,2026-10-01,{huge},1\nb,ann,2026-10-01,{huge},1\n"
    )
    called = cli("check", "plan.yaml", *data)
    assert called.code == 1
    assert called.err.startswith("exactness: 1 problem\n")


def test_floats_are_refused_unless_allowed(cli, files):
    for name in ("members", "orders"):
        convert = csv.ConvertOptions(strings_can_be_null=True, null_values=[""])
        pq.write_table(csv.read_csv(files / f"{name}.csv", convert_options=convert), files / f"{name}.parquet")
    orders = pq.read_table(files / "orders.parquet")
    assert orders.schema.field("amount").type == pa.float64()
    words = (
        "check",
        "plan.yaml",
        "--members",
        "members.parquet",
        "--orders",
        "orders.parquet",
        "--period",
        "2026-10",
    )
    assert cli(*words).code == 1
    assert cli(*words, "--allow-floats").code == 0

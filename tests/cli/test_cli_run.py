from __future__ import annotations

import json

import pytest

import compplan as cp

NAMES = ["breakage", "ledger", "members", "payables", "state"]


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_summary_has_the_totals_of_the_run(cli, data):
    called = cli("run", "plan.yaml", *data)
    assert (called.code, called.err) == (0, "")
    run = cp.run("plan.yaml", "members.csv", "orders.csv", period="2026-10")
    (total,) = run.manifest["payables"]
    assert (total["earned"], total["paid"], total["withheld"]) == ("145.56", "105.56", "40.00")
    lines = [line.split() for line in called.out.splitlines()]
    assert ["payable", "105.56", "USD"] in lines
    assert ["dan", "USD", "105.56", "0.00", "0.00", "105.56"] in lines
    assert ["bronze", "1"] in lines
    assert ["(unranked)", "1"] in lines
    assert ["club", "40.00", "40.00", "0.00", "yes", "USD"] in lines


@pytest.mark.parametrize("form", ["parquet", "csv", "arrow"])
def test_the_files_are_those_of_the_library(cli, files, data, form):
    called = cli("run", "plan.yaml", *data, "--out", "result", "--format", form)
    assert called.code == 0
    cp.run("plan.yaml", "members.csv", "orders.csv", period="2026-10").write(files / "library", f".{form}")
    assert contents(files / "result") == contents(files / "library")
    assert sorted(contents(files / "result")) == sorted([*(f"{name}.{form}" for name in NAMES), "manifest.json"])
    assert called.out.splitlines()[-1] == "written to result"


def test_threads_and_the_ledger_change_no_total(cli, files, data):
    cli("run", "plan.yaml", *data, "--out", "a")
    cli("run", "plan.yaml", *data, "--out", "b", "--no-ledger", "--threads", "2")
    a, b = contents(files / "a"), contents(files / "b")
    assert [name for name in a if a[name] != b.get(name)] == ["ledger.parquet"]


def test_a_patch_and_the_state_take_part(cli, files, data):
    assert cli("run", "plan.yaml", *data, "--out", "october").code == 0
    (files / "november.csv").write_text(
        (files / "orders.csv").read_text().replace("2026-10", "2026-11").replace("-31", "-30")
    )
    called = cli(
        *(
            "run",
            "plan.yaml",
            "--patch",
            "patch.yaml",
            "--members",
            "members.csv",
            "--orders",
            "november.csv",
        ),
        *("--period", "2026-11", "--state", "october/state.parquet", "--out", "november"),
    )
    assert called.code == 0, called.err
    manifest = json.loads((files / "november" / "manifest.json").read_text())
    (total,) = manifest["payables"]
    assert (total["earned"], total["carried"], total["paid"]) == ("251.11", "40.00", "291.11")


def test_bad_data_is_told_whole_and_writes_nothing(cli, files, data):
    (files / "members.csv").write_text("member_id,sponsor_id,kind\n1,2,distributor\n2,1,distributor\n")
    called = cli("run", "plan.yaml", *data, "--out", "result")
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith("data: 2 problems\n")
    assert "1 -> 2 -> 1" in called.err
    assert "orders.member_id: 7 rows" in called.err
    assert not (files / "result").exists()


def test_what_is_wrong_with_a_date_is_told_once(cli, files, data):
    """The run reads no ids of orders, the check after it does: both find the same rows."""
    (files / "orders.csv").write_text((files / "orders.csv").read_text().replace("2026-10-", "2026-13-", 1))
    called = cli("run", "plan.yaml", *data)
    assert called.err.startswith("data: 1 problem\n")
    assert called.err.count("orders.date") == 1
    assert "(ids " in called.err


def test_a_bad_plan_writes_nothing(cli, files, data):
    (files / "plan.yaml").write_text("compplan: 2\n")
    called = cli("run", "plan.yaml", *data, "--out", "result")
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith("plan: ")
    assert not (files / "result").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--period": "2026-13"}, '"2026-13" is not a period'),
        ({"--members": "member.csv"}, 'did you mean "members.csv"?'),
        ({"--orders": "orders.xls"}, "there is no file orders.xls"),
        ({"--threads": "0"}, "threads is less than 1"),
        ({"--out": "plan.yaml"}, "plan.yaml is a file"),
        ({"--out": "plan.yaml/result"}, "plan.yaml is a file"),
    ],
)
def test_bad_arguments_write_nothing(cli, files, change, said):
    words = {
        "--members": "members.csv",
        "--orders": "orders.csv",
        "--period": "2026-10",
        "--out": "result",
        **change,
    }
    before = sorted(files.rglob("*"))
    called = cli("run", "plan.yaml", *(word for pair in words.items() for word in pair))
    assert (called.code, called.out) == (2, "")
    assert said in called.err
    assert sorted(files.rglob("*")) == before


@pytest.mark.usefixtures("files")
def test_orders_can_be_left_out_only_where_no_rule_sums_them(cli):
    called = cli("run", "plan.yaml", "--members", "members.csv", "--period", "2026-10")
    assert called.code == 2
    assert "sums orders" in called.err


@pytest.mark.parametrize(("error", "code"), [(OSError(28, "No space left on device"), 1), (KeyboardInterrupt(), 130)])
@pytest.mark.parametrize("there", [False, True])
def test_a_failure_or_a_stop_while_writing_leaves_what_was_there(cli, files, data, monkeypatch, error, code, there):
    if there:
        (files / "result").mkdir()
        (files / "result" / "ledger.parquet").write_text("old")
    before = {path: path.is_file() and path.read_bytes() for path in files.rglob("*")}
    written = []

    def failing(_table, path):
        if written:
            raise error
        written.append(path)
        path.write_bytes(b"half")

    monkeypatch.setitem(cp.arrow.write.WRITERS, ".parquet", failing)
    called = cli("run", "plan.yaml", *data, "--out", "result")
    assert (called.code, called.out, len(written)) == (code, "", 1)
    assert called.err.startswith("compplan: ")
    assert {path: path.is_file() and path.read_bytes() for path in files.rglob("*")} == before


def test_a_plan_without_ranks_and_a_run_without_pay(cli, files, data):
    text = (files / "plan.yaml").read_text()
    start, end = text.index("ranks:"), text.index("bonuses:")
    tail = "bonuses:\n  retail: {kind: retail, of: sales, rates: 10%, pay_when: pv >= 5000}\n"
    (files / "plan.yaml").write_text(text[:start] + tail + text[text.index("payout:") :])
    assert end > start
    called = cli("run", "plan.yaml", *data)
    assert called.code == 0, called.err
    assert "Members by rank" not in called.out
    assert "Largest payables (of 0 earners): none" in called.out


@pytest.mark.usefixtures("files")
def test_progress_goes_to_a_terminal_only(python, data):
    done = python("-m", "compplan", "run", "plan.yaml", *data)
    assert (done.returncode, done.stderr) == (0, "")


def test_nobody_is_a_company_too(cli, files):
    (files / "members.csv").write_text("member_id,sponsor_id,kind\n")
    (files / "orders.csv").write_text("order_id,member_id,date,qv,amount\n")
    words = ("--members", "members.csv", "--orders", "orders.csv", "--period", "2026-10")
    called = cli("run", "plan.yaml", *words, "--out", "result")
    assert called.code == 0, called.err
    assert ["(unranked)", "0"] in [line.split() for line in called.out.splitlines()]


SHARED = """\
compplan: 1
name: Shared
currency: USD
period: quarterly
rounding: {mode: half_up, at: payment}
trees:
  enrollment: {parent: sponsor_id}
volumes:
  profit: {company: profit}
bonuses:
  share: {kind: pool, of: profit, rates: 50%, residue: company}
"""


def test_a_number_of_the_company_is_an_option(cli, files):
    (files / "shared.yaml").write_text(SHARED)
    words = ("run", "shared.yaml", "--members", "members.csv", "--period", "2026-Q4")
    called = cli(*words, "--company", "profit=1000.00", "--out", "shared")
    assert called.code == 0
    assert "500.00" in called.out
    refused = cli(*words)
    assert refused.code == 1
    assert 'the run is not given the company\'s "profit"' in refused.err
    wrong = cli(*words, "--company", "profit")
    assert wrong.code != 0
    assert "write --company profit=100000.00" in wrong.err
    assert "company" in cli("inputs", "shared.yaml").out

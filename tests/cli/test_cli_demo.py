from __future__ import annotations

import json

import pytest

import compplan as cp
from compplan.cli import demo


@pytest.fixture(scope="module")
def result():
    field = cp.synth(2_000, seed=1)
    plan = cp.example_plans()["lakeside"]
    return cp.run(plan, field.members, field.orders, period=demo.PERIOD)


def test_the_demo_shows_a_month_and_writes_its_files(cli, tmp_path, result):
    called = cli("demo", "--members", "2000", "--out", tmp_path / "out")
    assert (called.code, called.err) == (0, "")
    for said in (
        "Lakeside, 2026-10",
        "members      2,000",
        "ns a member",
        "The first ledger rows of each bonus",
        "Largest payables",
        "Payout by bonus",
        "Breakage",
        "What is missing for the next rank?",
        "Why did unilevel not pay ",
        f"Files: {tmp_path / 'out' / 'input'} and {tmp_path / 'out' / 'result'}",
    ):
        assert said in called.out
    manifest = json.loads((tmp_path / "out" / "result" / "manifest.json").read_text())
    assert manifest == result.manifest
    for name in ("members", "orders"):
        assert (tmp_path / "out" / "input" / f"{name}.parquet").exists()


def test_the_last_line_can_be_run(cli, tmp_path):
    line = cli("demo", "--members", "500", "--out", tmp_path).out.splitlines()[-1]
    program, *words = line.split()
    assert program == "compplan"
    called = cli(*words)
    assert called.code == 0, called.err
    assert "Pay by bonus" in called.out


def test_the_next_rank_that_is_shown_lacks_several_things(result):
    answer = demo.interesting_next_rank(result)
    assert len(answer.missing) > 1
    assert any(near.missing for each in answer.missing for near in each.nearest)


def test_the_unpaid_member_has_a_reason(result):
    answer = demo.interesting_why_not(result)
    assert answer.total == 0
    assert answer.failed is not None or answer.unpaid


@pytest.mark.parametrize("words", [("--members", "0"), ("--members", "5", "--threads", "0")])
def test_bad_arguments_write_nothing(cli, tmp_path, words):
    called = cli("demo", *words, "--out", tmp_path / "out")
    assert (called.code, called.out) == (2, "")
    assert not list(tmp_path.iterdir())


def test_a_file_is_no_folder(cli, tmp_path):
    (tmp_path / "out").write_text("mine")
    assert cli("demo", "--members", "50", "--out", tmp_path / "out").code == 2


@pytest.mark.parametrize("members", ["1", "5", "60"])
def test_a_tiny_company_has_a_month_too(cli, tmp_path, members):
    called = cli("demo", "--members", members, "--out", tmp_path)
    assert called.code == 0, called.err

from __future__ import annotations

import pytest

import compplan as cp
from compplan.cli import bench


def test_it_prints_times_by_pass_and_the_ratio_to_a_copy(cli, files):
    called = cli("bench", "--members", "200", "--repeats", "2", "--plan", files / "plan.yaml")
    assert (called.code, called.err) == (0, "")
    for said in ("cold run", "warm run", "plain copy", "warm run / copy", "peak memory", "ns a member"):
        assert said in called.out
    field = cp.synth(200)
    passes = cp.run(files / "plan.yaml", field.members, field.orders, period="2026-10").manifest["passes"]
    shown = [line for line in called.out.splitlines() if line]
    for name in ("read tables", "take in tables", *passes, "build tables"):
        assert any(line.startswith(name) for line in shown), name


@pytest.mark.parametrize("words", [("--members", "0"), ("--repeats", "0"), ("--plan", "none.yaml")])
def test_bad_arguments(cli, words):
    called = cli("bench", *words)
    assert (called.code, called.out) == (2, "")


def test_a_clock_adds_up_what_comes_twice_and_stops(monkeypatch):
    times = iter([0, 1, 3, 7, 8, 100])
    monkeypatch.setattr(bench, "perf_counter", lambda: next(times))
    clock = bench.Clock()
    for name in ("a", "b", "a"):
        clock(name)
    clock.stop()
    assert clock.steps == {"a": 3, "b": 4}


def test_medians_are_taken_step_by_step():
    timings = [bench.Timing({"a": a, bench.TABLES: 9.0}) for a in (3.0, 1.0, 2.0)]
    usual = bench.warm(timings)
    assert (usual.steps, usual.run) == ({"a": 2.0, bench.TABLES: 9.0}, 2.0)


def test_the_yardstick_is_the_bytes_of_what_goes_in_and_comes_out(files):
    field = cp.synth(100)
    plan = cp.load_plan(files / "plan.yaml")
    _, run = bench.timed(plan, field)
    read = field.members.select(["member_id", "sponsor_id", "kind"]).nbytes
    read += field.orders.select(["member_id", "date", "qv", "amount"]).nbytes
    made = sum(f.to_arrow().nbytes for f in (run.members, run.ledger, run.payables, run.breakage, run.state))
    assert bench.moved_bytes(plan, field, run) == read + made
    assert bench.copy_seconds(1000) > 0
    assert bench.copy_seconds(0) >= 0

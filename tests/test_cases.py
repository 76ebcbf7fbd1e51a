"""All golden cases of the plans; and that the loader of golden cases fails where it must."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from compplan.cases import read_cases, run_cases
from compplan.cases.model import member_ids
from compplan.errors import PlanError, UsageError

PLANS = Path(__file__).parents[1] / "plans"
LARGE = {"case-49-livegood.cases.yaml"}  # 65,535 members: too many without compiled kernels
CASES = [
    pytest.param(
        file, case.name, id=f"{file.name}::{case.name}", marks=pytest.mark.compiled if file.name in LARGE else ()
    )
    for file in sorted(PLANS.rglob("*.cases.yaml"))
    for case in read_cases(file).cases
]


@cache
def results(file):
    return {result.name: result for result in run_cases(file)}


@pytest.mark.parametrize(("file", "name"), CASES)
def test_golden_case(file, name):
    assert results(file)[name].differences == ()


PLAN = """
compplan: 1
name: small
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.pv}
  gv: {roll_up: pv}
conditions: {active: pv >= 100}
ranks: {ladder: {member: [], silver: [active, gv >= 500], gold: [active, gv >= 5000, 1 leg with silver]}}
bonuses:
  sales: {kind: retail, of: pv, rates: 10%, pay_when: active}
  gift: {kind: tier, by: pv, amounts: {100: 5}, currency: EUR}
payout: {minimum: 20}
"""

# Ann buys 400 and Bob 60: Ann is paid 40.00 and a gift, Bob is not active; 6.00 remain.
HEAD = """
period: 2026-10
cases:
  - name: one
    members: {chain: [Ann, Bob]}
    orders: {columns: [member_id, pv], rows: [[Ann, 400], [Bob, 60]]}
    expect: """

RIGHT = [
    "members: {Ann: {rank: member, pv: 400, gv: 460, active: true, earned: 40}, Bob: {active: false}}",
    "pay: {sales: {Ann: 40.00}, gift: {Ann: 5}}",
    "pay: {sales: {Ann: 40.00, Bob: 0}}",
    "payables: {Ann: 40}",
    "payables: {Ann: {earned: 40, carried_in: 0, withheld: 0, payable: 40}, Bob: 0}",
    "payables_in: {EUR: {Ann: 5}}",
    "breakage: {sales: {not_qualified: 6}, gift: {}}",
    "ledger: [{bonus: sales, earner: Ann, source: Ann, rate: 0.1, base: 400, amount: 40, order: null}, {amount: 5}]",
    "ledger: [{earner: Ann}, {earner: Ann}]",
    "ledger_rows: 2",
    "next_rank: {Ann: {rank: member, target: silver, missing: {gv: {measured: 460, needed: 500, gap: 40}}}}",
    "next_rank: {Bob: {ask: gold, routes: {1: {active.pv: {gap: 40}, gv: {gap: 4940}, legs.silver: {measured: 0}}}}}",
    "why: {Ann: {sales: {total: 40, failed: null, reasons: {paid: 1}, adjustments: {}, rows: [{amount: 40}]}}}",
    "why: {Bob: {sales: {total: 0, failed: active, gates: {active: {measured: 60, needed: 100, met: false}}}}}",
    "state: {Ann: {title: member, balance: 0}}",
    "{pay: {sales: {}}, unlisted: unchecked}",
    "{breakage: {sales: {}}, unlisted: unchecked}",
    "{payables: {}, unlisted: unchecked}",
]

WRONG = {
    "members: {Ann: {pv: 401}}": "members Ann pv: expected 401, found 400.00",
    "members: {Ann: {rank: silver}}": "members Ann rank: expected silver, found member",
    "members: {Ann: {rank: null}}": "members Ann rank: expected nothing, found member",
    "members: {Ann: {active: 1}}": "members Ann active: expected 1, found True",
    "members: {Bob: {pv: '60'}}": "members Bob pv: expected 60, found 60.00",
    "members: {Ann: {pvv: 400}}": "members Ann pvv: expected 400, but there is no such thing",
    "members: {Cid: {pv: 400}}": "members Cid: there is no such member",
    "pay: {sales: {Ann: 40.01}}": "pay sales Ann: expected 40.01, found 40.00",
    "pay: {sales: {Ann: 40, Bob: 6}}": "pay sales Bob: expected 6, found 0.00",
    "pay: {sales: {}}": "pay sales Ann: expected nothing, found 40.00",
    "pay: {sales: {Ann: 40, Cid: 0}}": '"Cid" is not a member',
    "pay: {sale: {Ann: 40}}": '"sale" is not a bonus; did you mean "sales"?',
    "payables: {Ann: 20}": "payables Ann payable: expected 20, found 40.00",
    "payables: {Bob: 0}": "payables Ann: expected nothing, found 40.00",
    "payables: {Ann: {withheld: 40}}": "payables Ann withheld: expected 40, found 0.00",
    "payables: {Cid: 0, Ann: 40}": '"Cid" is not a member',
    "payables_in: {EUR: {Ann: 6}}": "payables_in EUR Ann payable: expected 6, found 5.00",
    "payables_in: {COP: {Ann: 6}}": "payables_in COP Ann payable: expected 6, found 0",
    "breakage: {sales: {not_qualified: 5}}": "breakage sales not_qualified: expected 5, found 6.000",
    "breakage: {sales: {}}": "breakage sales not_qualified: expected nothing, found 6.000",
    "breakage: {sales: {not_qualified: 6, rounding: 1}}": "breakage sales rounding: expected 1, found 0",
    "ledger: [{bonus: sales, earner: Bob}]": "ledger: expected 1 with bonus sales, earner Bob; found 0",
    "ledger: [{earner: Ann}]": "ledger: expected 1 with earner Ann; found 2",
    "ledger: [{earner: Ann}, {earner: Ann}, {earner: Ann}]": "ledger: expected 3 with earner Ann; found 2",
    "ledger: [{bonus: sales, level: 1}]": "ledger: expected 1 with bonus sales, level 1; found 0",
    "ledger: [{bonus: sales, colour: red}]": "ledger: expected 1 with bonus sales, colour red; found 0",
    "ledger_rows: 3": "ledger: expected 3 rows, found 2",
    "next_rank: {Ann: {target: gold}}": "next_rank of Ann target: expected gold, found silver",
    "next_rank: {Ann: {missing: {}}}": "next_rank of Ann missing gv: not expected, but 40.00 is missing",
    "next_rank: {Ann: {missing: {pv: {gap: 1}, gv: {gap: 40}}}}": "next_rank of Ann missing pv: expected, but open are gv",
    "next_rank: {Ann: {missing: {gv: {gap: 41}}}}": "next_rank of Ann missing gv gap: expected 41, found 40.00",
    "next_rank: {Ann: {missing: {gv: {gaps: 41}}}}": "missing gv gaps: expected 41, but there is no such thing",
    "next_rank: {Ann: {missing: {gv: {nearest: [{leg: Bob}]}}}}": "missing gv nearest: expected 1 of them, found 0",
    "next_rank: {Ann: {routes: {2: {}}}}": "next_rank of Ann: there is no way 2, but 1",
    "next_rank: {Cid: {target: gold}}": "next_rank of Cid: ",
    "next_rank: {Ann: {ask: goldd}}": 'next_rank of Ann: "goldd" is not a rank',
    "why: {Ann: {sales: {total: 41}}}": "why sales of Ann total: expected 41, found 40.00",
    "why: {Bob: {sales: {failed: null}}}": "why sales of Bob failed: expected nothing, found active",
    "why: {Ann: {sales: {reasons: {}}}}": "why sales of Ann reasons paid: expected 0, found 1",
    "why: {Ann: {sales: {reasons: {paid: 1, no_rate: 1}}}}": "why sales of Ann reasons no_rate: expected 1, found 0",
    "why: {Bob: {sales: {gates: {active: {met: true}}}}}": "gate active met: expected True, found False",
    "why: {Ann: {sales: {rows: [{reason: compressed}]}}}": "rows: expected 1 with reason compressed; found 0",
    "why: {Ann: {sales: {adjustments: {capped: -1}}}}": "adjustments capped: expected -1, found 0",
    "why: {Ann: {sale: {total: 40}}}": 'why sale of Ann: "sale" is not a bonus of this plan',
    "state: {Ann: {title: silver}}": "state Ann title: expected silver, found member",
    "state: {Cid: {title: silver}}": "state Cid: there is no such member",
    "errors: [anything]": 'expected to be refused with "anything", but nothing was refused',
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small.yaml").write_text(PLAN)
    return tmp_path


@pytest.fixture
def run(folder):
    """Run the text of a file of cases, and return what each case found."""

    def results_of(text):
        (folder / "small.cases.yaml").write_text(text)
        return [list(result.differences) for result in run_cases(folder / "small.cases.yaml")]

    return results_of


@pytest.mark.parametrize("expected", RIGHT)
def test_right_expectations_pass(run, expected):
    assert run(f"{HEAD}\n      {expected}\n") == [[]]


@pytest.mark.parametrize("expected", WRONG)
def test_wrong_expectations_fail(run, expected):
    (differences,) = run(f"{HEAD}\n      {expected}\n")
    assert [text for text in differences if WRONG[expected] in text], differences


def test_all_differences_are_told(run):
    (differences,) = run(HEAD + "{members: {Ann: {pv: 1, gv: 2}}, pay: {sales: {Bob: 1}}, ledger_rows: 9}")
    assert differences == [
        "members Ann pv: expected 1, found 400.00",
        "members Ann gv: expected 2, found 460.00",
        "pay sales Bob: expected 1, found 0.00",
        "pay sales Ann: expected nothing, found 40.00",
        "ledger: expected 9 rows, found 2",
    ]


def test_cases_run_in_order_and_hand_on_their_state(run):
    member = "members: {chain: [Ann]}"
    orders = "orders: {columns: [member_id, pv], rows: [[Ann, 150]]}"
    text = f"""
cases:
  - {{name: one, period: 2026-10, {member}, {orders}, expect: {{payables: {{Ann: {{withheld: 15, payable: 0}}}}}}}}
  - {{name: two, period: 2026-11, {member}, {orders}, state: previous,
     expect: {{payables: {{Ann: {{earned: 15, carried_in: 15, payable: 30}}}}}}}}
  - {{name: three, period: 2026-11, {member}, {orders}, expect: {{payables: {{Ann: {{withheld: 15}}}}}}}}
  - {{name: four, period: 2026-11, {member}, {orders}, state: [{{member_id: Ann, balance: 5.00}}],
     expect: {{payables: {{Ann: 20}}}}}}
"""
    assert run(text) == [[], [], [], []]


def test_a_case_without_a_case_before_has_no_state(run):
    (differences,) = run(HEAD.replace("    expect:", "    state: previous\n    expect:") + "{ledger_rows: 2}")
    assert differences == ["refused: there is no state of the case before\n  hint: it did not run"]


def test_one_refused_case_does_not_hide_the_others(run):
    bad = HEAD.replace("rows: [[Ann, 400]", "rows: [[Cid, 400]")
    good = HEAD.partition("cases:\n")[2].replace("one", "two")
    first, second = run(f"{bad}{{ledger_rows: 2}}\n{good}{{ledger_rows: 2}}\n")
    assert "Cid" in first[0]
    assert first[0].startswith("refused: orders.member_id")
    assert second == []


def test_expected_errors(run):
    bad = HEAD.replace("rows: [[Ann, 400]", "rows: [[Cid, 400]")
    assert run(bad + "{errors: [orders.member_id, Cid]}") == [[]]
    ((difference,),) = run(bad + "{errors: [orders.member_id, Dan]}")
    assert difference.startswith('expected to be refused with "Dan"; refused with: orders.member_id')


def test_a_plan_that_cannot_be_read_fails_its_cases(run, folder):
    (folder / "small.yaml").write_text(PLAN.replace("kind: retail", "kind: retial"))
    ((difference,),) = run(HEAD + "{ledger_rows: 2}")
    assert "retial" in difference
    assert "small.yaml:14" in difference


def patched(patch):
    return HEAD.replace("    members:", f"    patch: {patch}\n    members:")


def test_patches_change_the_plan_of_one_case(run, folder):
    assert run(patched("{set: {bonuses.sales.rates: 20%}}") + "{pay: {sales: {Ann: 80}}}") == [[]]
    (folder / "more.patch.yaml").write_text("compplan_patch: 1\nname: more\nset: {bonuses.sales.rates: 30%}\n")
    assert run(patched("more.patch.yaml") + "{pay: {sales: {Ann: 120}}}") == [[]]
    both = "[more.patch.yaml, {set: {bonuses.sales.rates: 40%}}]"
    assert run(patched(both) + "{pay: {sales: {Ann: 160}}}") == [[]]


@pytest.mark.parametrize("patch", ["{set: {bonuses.sales.ratez: 1%}}", "[{set: {bonuses.sales.ratez: 1%}}]"])
def test_problems_of_a_patch_have_their_line(run, patch):
    ((difference, *_), *_) = run(patched(patch) + "{ledger_rows: 2}")
    assert re.match(r'refused: \S+small\.cases\.yaml:5:\d+: unknown field "ratez"', difference)


def test_short_and_long_tables_are_the_same(run):
    short = """
period: 2026-10
cases:
  - name: short
    members:
      chain: [Ann, Bob]
      edges: [[Bob, c1..c3], [Dan, e9..e10]]
      columns: {city: {c2: Turku, c3: Oulu}}
      default: {city: Lahti}
    orders:
      columns: [member_id, pv]
      rows: [[c1..c2, 200], [Ann, 1]]
    expect: &same
      members: {Ann: {gv: 401}, Bob: {gv: 400}, c1..c2: {pv: 200}, c3: {pv: 0}, e9..e10: {gv: 0}}
      ledger: [{bonus: sales, earner: c1}, {bonus: sales, earner: c2}]
  - name: long
    members:
      - {member_id: Ann, sponsor_id: null}
      - {member_id: Bob, sponsor_id: Ann}
      - {member_id: c1, sponsor_id: Bob}
      - {member_id: c2, sponsor_id: Bob}
      - {member_id: c3, sponsor_id: Bob}
      - {member_id: Dan, sponsor_id: null}
      - {member_id: e9, sponsor_id: Dan}
      - {member_id: e10, sponsor_id: Dan}
    orders:
      - {order_id: a, member_id: c1, date: 2026-10-31, pv: 200}
      - {member_id: c2, pv: 200}
      - {member_id: Ann, pv: 1}
    expect: *same
"""
    assert run(short) == [[], []]


def test_a_range_in_a_chain_is_a_chain(run):
    chain = HEAD.replace("[Ann, Bob]", "[Ann, Bob, c1..c3]").replace("[Bob, 60]", "[c3, 60]")
    assert run(chain + "{members: {Ann: {gv: 460}, c2: {gv: 60}, c3: {gv: 60}}}") == [[]]


def test_ranges():
    assert member_ids("c9..c11") == ["c9", "c10", "c11"]
    assert member_ids("2..4") == [2, 3, 4]
    assert member_ids("7..7") == [7]
    for name in ("a1..b3", "a..b", "Ann", "a1...a3", 3, "1.5"):
        assert member_ids(name) == [name]
    for name in ("c3..c1", "1..999999"):
        with pytest.raises(ValueError, match="is not a range"):
            member_ids(name)


BROKEN = {
    "cases: []": "cases",
    HEAD + "{}": "nothing is expected here",
    HEAD + "{unlisted: unchecked}": "nothing is expected here",
    HEAD + "{errors: [a], ledger_rows: 1}": "errors stand alone",
    HEAD + "{pays: {}}": 'unknown field "pays"',
    HEAD + "{pay: {sales: {Ann: [1]}}}": "a value is a number, a text, true, false or null",
    HEAD + "{pay: {sales: {c1..c3: 1, c2: 2}}}": "c2 is named twice",
    HEAD + "{pay: {sales: {1.5: 1}}}": "a member's id is a text or a whole number",
    HEAD.replace("{chain: [Ann, Bob]}", "{edges: [[a1..a2, Bob]]}") + "{ledger_rows: 2}": "a range is no parent",
    HEAD.replace("{chain: [Ann, Bob]}", "{edges: [[Ann, a2..a1]]}") + "{ledger_rows: 2}": '"a2..a1" is not a range',
    HEAD.replace("400", "400, 5") + "{ledger_rows: 2}": "this row does not fit the columns",
    HEAD.replace("2026-10", "October") + "{ledger_rows: 2}": '"October" is not a period',
    HEAD.replace("period: 2026-10", "") + "{ledger_rows: 2}": "this case has no period",
    HEAD + "{ledger_rows: 2}\n" + HEAD.partition("cases:\n")[2] + "{ledger_rows: 2}": '"one" is the name of two cases',
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_files_are_told_with_their_line(folder, text):
    file = folder / "small.cases.yaml"
    file.write_text(f"# cases\n{text}\n")
    with pytest.raises(PlanError) as raised:
        run_cases(file)
    problem = next(p for p in raised.value.problems if BROKEN[text] in p.message)
    assert problem.place.file == str(file)
    assert problem.place.line > 1


def test_problems_of_all_files_are_told_together(folder):
    for name in ("a", "b"):
        (folder / f"{name}.cases.yaml").write_text("# cases\ncases: []\n")
    with pytest.raises(PlanError) as raised:
        run_cases(folder)
    assert [Path(problem.place.file).name for problem in raised.value.problems] == [
        "a.cases.yaml",
        "b.cases.yaml",
    ]


def test_members_that_contradict_themselves(run):
    two_parents = HEAD.replace("{chain: [Ann, Bob]}", "{edges: [[Ann, Bob], [Cid, Bob]]}")
    assert run(two_parents + "{ledger_rows: 2}") == [["refused: Bob has two parents: Ann and Cid"]]
    backwards = HEAD.replace("[[Ann, 400]", "[[c3..c1, 400]")
    assert run(backwards + "{ledger_rows: 2}")[0][0].startswith('refused: "c3..c1" is not a range')
    stray = HEAD.replace("{chain: [Ann, Bob]}", "{chain: [Ann, Bob], columns: {city: {Cid: Oulu}}}")
    assert run(stray + "{ledger_rows: 2}") == [["refused: Cid is not in the chain or the edges\n  hint: add an edge"]]


def test_paths(folder):
    with pytest.raises(UsageError, match="no file or folder"):
        run_cases(folder / "nowhere")
    with pytest.raises(UsageError, match="has no cases"):
        run_cases(folder / "small.yaml")
    assert run_cases(folder) == []
    (folder / "below").mkdir()
    (folder / "below" / "other.cases.yaml").write_text(
        f"plan: ../small.yaml\n{HEAD}{{ledger_rows: 2}}\n".replace("one", "three")
    )
    (folder / "small.cases.yaml").write_text(f"{HEAD}{{ledger_rows: 2}}\n")
    assert [(r.path.name, r.name, r.passed) for r in run_cases(folder)] == [
        ("other.cases.yaml", "three", True),
        ("small.cases.yaml", "one", True),
    ]
    assert [result.name for result in run_cases(str(folder / "small.yaml"))] == ["one"]


def test_a_plan_that_is_not_there_fails_its_cases(run, folder):
    ((difference,),) = run(f"plan: gone.yaml\n{HEAD}{{ledger_rows: 2}}")
    assert str(folder / "gone.yaml") in difference

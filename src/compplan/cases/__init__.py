"""Golden cases: what a plan must do on small fields, as data beside the plan.

The cases of `plans/lakeside.yaml` stand in `plans/lakeside.cases.yaml`:

```yaml
plan: lakeside.yaml                   # the plan of the same name when left out
source: where the numbers are printed
period: 2026-10                       # of all cases; a case can have its own
cases:
  - name: three orders in the window
    note: what a reader must know, such as how a number was derived
    patch: {set: {payout.minimum: 0}} # a patch, the path of a patch file, or a list of them
    members:
      chain: [Lisa, Megan, Ada]       # a member, the one below, and so on, in the plan's first tree
      edges: [[Lisa, Bob]]            # more of them, a parent and a child each
      columns: {kind: {Ada: customer}}
      default: {kind: distributor, enrolled_on: 2020-01-01}
    orders:
      columns: [member_id, cv]        # order_id (o1, o2, ...) and date (the period's first day) are filled in
      rows: [[Megan, 132], [Megan, 78]]
    state: previous                   # the state after the case above; or rows of a state table
    expect:
      members: {Lisa: {rank: silver, gv: 1500}}
      pay: {fast_start: {Lisa: 42.00}}
      payables: {Lisa: 42.00}         # or {Lisa: {earned: 42.00, withheld: 0}}
      payables_in: {EUR: {Lisa: 5}}   # other currencies
      breakage: {fast_start: {no_upline: 31.50}}
      ledger: [{bonus: fast_start, earner: Lisa, order: o1, amount: 26.40}]
      ledger_rows: 2
      next_rank: {Lisa: {target: gold, missing: {pv: {measured: 132, needed: 150, gap: 18}}}}
      why: {Lisa: {fast_start: {total: 42.00, reasons: {paid: 2}}}}
      state: {Lisa: {title: silver, balance: 0}}
```

Members and orders can also be lists of rows, taken as they stand. Wherever a case names a member, `c1..c25`
stands for c1, c2 and so on to c25, and `2..9` for the numbers.

Everything is compared exactly. What a case lists is complete: who is not listed under a bonus must get
nothing of it, an unlisted reason must break nothing, an unlisted requirement must be met. `unlisted:
unchecked` lifts that for money. Bonuses, columns and tables that are not named are not compared. Each row
of `ledger` must be found as often as it is written, by the columns that it gives. Instead of results,
`errors` lists texts that the plan or the data must be refused with. `docs/golden-cases.md` tells it at
length.
"""

from compplan.cases.model import read_cases
from compplan.cases.run import CaseResult, run_cases

__all__ = ["CaseResult", "read_cases", "run_cases"]

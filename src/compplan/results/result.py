"""The result of a run: tables that open anywhere, and questions that it answers."""

from __future__ import annotations

import json
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compplan.arrow.frame import Frame
from compplan.arrow.write import write_whole
from compplan.errors import UsageError
from compplan.results import tables
from compplan.results.manifest import manifest

if TYPE_CHECKING:
    from compplan.explain.gaps import NextRank
    from compplan.explain.why import Why
    from compplan.genealogy.genealogy import Genealogy
    from compplan.program.passes import Pass
    from compplan.program.work import Work


class Run:
    """One period's result. All tables are built when first asked for.

    Attributes
    ----------
    members : Frame
        One row a member, parents before children: quantities, conditions, ranks, and pay by bonus.
    ledger : Frame
        One row a payment or adjustment: bonus, entry, earner, source, order, level, base, rate, amount.
    payables : Frame
        One row an earner and currency: earned, carried in, withheld, payable, and what the plan deducts and splits.
    breakage : Frame
        One row a bonus and reason: what the plan set aside and nobody earned, exact.
    parts : Frame
        One row a week (or day) and member, where the plan measures or pays by the week.
    state : Frame
        What the next period starts from.
    manifest : dict
        Hashes of plan, inputs and engine, control totals, and the balance of every bonus.
    """

    def __init__(self, work: Work, passes: tuple[Pass, ...]) -> None:
        self._work = work
        self._passes = passes
        self._payables = work.totals

    @property
    def genealogy(self) -> Genealogy:
        """The flattened trees, for the next run over the same members."""
        return self._work.genealogy

    @cached_property
    def members(self) -> Frame:
        """One row a member."""
        return Frame(partial(tables.members_table, self._work, self._payables))

    @cached_property
    def ledger(self) -> Frame:
        """One row a payment or adjustment."""
        return Frame(partial(tables.ledger_table, self._work, self._payables))

    @cached_property
    def payables(self) -> Frame:
        """One row an earner and currency."""
        return Frame(partial(tables.payables_table, self._work, self._payables))

    @cached_property
    def breakage(self) -> Frame:
        """One row a bonus and reason."""
        return Frame(partial(tables.breakage_table, self._work, self._payables))

    @cached_property
    def state(self) -> Frame:
        """What the next period starts from."""
        return Frame(partial(tables.next_state, self._work, self._payables))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Hashes, control totals and balances, ready for JSON."""
        return manifest(self._work, self._passes, self._payables)

    @cached_property
    def parts(self) -> Frame:
        """One row a week or day of the period and member; empty where the plan measures nothing by the week."""
        return Frame(partial(tables.parts_table, self._work))

    def rank_of(self, member: Any) -> str | None:
        """Return the rank that a member earned this period, None for unranked."""
        number = int(self._work.columns["rank"][self._work.genealogy.position(member)])
        return [None, *self._work.plan.scope.ranks][number]

    def next_rank(self, member: Any, rank: str | None = None) -> NextRank:
        """Return what is missing for the next rank.

        Parameters
        ----------
        member
            The member's id.
        rank
            Another rank to look at; by default the one above the rank earned.

        Raises
        ------
        UsageError
            For an unknown member or rank.
        """
        from compplan.explain.next_rank import next_rank  # noqa: PLC0415 - loaded when first asked

        return next_rank(self._work, self._passes, member, rank)

    def why(self, member: Any, bonus: str, period: str | None = None) -> Why:
        """Return the rows that paid a member, and the first failed gate of what did not.

        Parameters
        ----------
        member
            The member's id.
        bonus
            The bonus.
        period
            One week or day, such as `2026-W41`, of a bonus that is paid for each; all of them when left out.

        Raises
        ------
        UsageError
            For an unknown member, bonus or week.
        """
        from compplan.explain.why import why  # noqa: PLC0415 - loaded when first asked

        return why(self._work, self._passes, member, bonus, period)

    def write(self, folder: str | Path, suffix: str = ".parquet") -> None:
        """Write all tables and the manifest into a folder, all or none.

        A run with `ledger=False` has no ledger to write.

        Parameters
        ----------
        folder
            Made where it does not exist.
        suffix
            `.parquet`, `.csv` or `.arrow`.

        Raises
        ------
        UsageError
            If the folder holds tables of the same names in another format.
        """
        names = ["members", "payables", "breakage", "state"] + ["ledger"] * self._work.keep_rows
        names += ["parts"] * bool(self._work.parts)
        target = Path(folder)
        if not str(folder):
            raise UsageError("the folder has no name")
        others = [target / f"{name}{end}" for name in (*names, "ledger") for end in (".parquet", ".csv", ".arrow")]
        left = [path.name for path in dict.fromkeys(others) if path.suffix != suffix and path.exists()]
        if left:
            raise UsageError(
                f"{folder} has results in another format ({', '.join(left)}): write elsewhere, or remove them"
            )
        content: dict[str, Frame | str | bytes] = {f"{name}{suffix}": getattr(self, name) for name in names}
        write_whole({**content, "manifest.json": json.dumps(self.manifest, indent=2) + "\n"}, folder)

    def __repr__(self) -> str:
        work = self._work
        return f"<Run of {work.plan.name!r}, {work.period.name}: {work.size} members, {len(work.books)} bonuses>"

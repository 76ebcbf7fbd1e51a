"""A tier bonus explained for one member: what was measured, what the next tier misses, what goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from compplan.bonuses.own_tier.tier_steps import Form
from compplan.explain.reasons import Detail
from compplan.plan.values import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.bonuses.own_tier.tier_pass import TierPass
    from compplan.program.work import Work


def tier_details(made: TierPass, work: Work, position: int) -> list[Detail]:
    """Return the steps of one member."""
    return [*_ladder(made, work, position), *_history(made, work, position), *_course(made, work, position)]


def _ladder(made: TierPass, work: Work, position: int) -> Iterator[Detail]:
    """Tell the tier that is reached, and the next one."""
    model, measure = made.model, made.measured(work, position)
    reached = int(made.ladder.reached(work)[position])
    yield Detail("measured", model.by, measure if measure is not None else "none")
    yield Detail("tier", "tier reached", model.tiers[reached - 1] if reached else "none")
    if reached == len(model.tiers):
        return
    following = model.tiers[reached]
    yield Detail("next", "next tier", following)
    if isinstance(measure, Decimal):
        yield Detail("missing", "missing for it", number(following) - measure)


def _history(made: TierPass, work: Work, position: int) -> Iterator[Detail]:
    """Tell what counts from earlier periods."""
    model, spec = made.model, made.model.spec()
    before = {name: int(work.state.read(f"{made.bonus}:{name}")[position]) for name in spec.kept}
    if spec.first:
        best = before["tier"]
        yield Detail("best", "best tier before this period", model.tiers[best - 1] if best else "none")
    for ago in range(1, spec.held):
        tier = before[f"ago_{ago}"]
        text = f"reached {ago} {'period' if ago == 1 else 'periods'} before"
        yield Detail(f"ago_{ago}", text, model.tiers[tier - 1] if tier else "none")


def _course(made: TierPass, work: Work, position: int) -> Iterator[Detail]:
    """Tell what is paid over several periods: parts of a first time, grace, a multiplier that is kept."""
    model, (events, after) = made.model, made.events(work)
    mine = events.member == position
    for tier, form, part in zip(events.tier[mine], events.form[mine], events.part[mine], strict=True):
        key = model.tiers[tier - 1]
        if form in (Form.FIRST, Form.PART, Form.LAPSED, Form.WAITING) and model.instalments is not None:
            said = {Form.LAPSED: ", lost", Form.WAITING: ", not due yet"}.get(Form(form), "")
            text = f"payment for {key}{said}"
            yield Detail("instalment", text, f"{part} of {model.instalments.payments}")
        if form == Form.LATE:
            yield Detail("late", f"{key} came after the window", str(model.span(key)))
        if form == Form.GRACE and model.grace is not None:
            used = int(after["grace"][position])
            yield Detail("grace", f"{key} is lost, in grace", f"{used} of {model.grace.periods}")
    if model.multiplier is not None:
        factor, more = made.factors(work)
        values = [Decimal(1), *model.multiplier.values.values()]
        yield Detail("factor", "multiplier", values[int(factor[position])])
        if model.multiplier.periods > 1:
            yield Detail("factor_left", "periods for which it is kept", Decimal(int(more[position])))

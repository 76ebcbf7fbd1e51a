"""The pass of a walk whose rates go by the source or the order: a walk for each of their keys, put together again."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.prepare.sources import joined
from compplan.bonuses.walk.together import together
from compplan.bonuses.walk.walk_pass import WalkPass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from numpy.typing import NDArray

    from compplan.bonuses.prepare.terms import Terms
    from compplan.bonuses.walk.spec import WalkResult
    from compplan.explain.reasons import Outcomes
    from compplan.program.work import Work


@dataclass(frozen=True)
class KeyedPass(WalkPass):
    """Walks of one bonus over different sources or orders, each with a table of its own.

    Attributes
    ----------
    parts
        The walks. One without rows of rates pays nobody; it is there to explain.
    """

    parts: tuple[WalkPass, ...] = ()

    @classmethod
    def of(cls, parts: Sequence[WalkPass], made: Terms) -> Self:
        """Return the pass of all parts, which share one table."""
        first = parts[0]
        reads = tuple(dict.fromkeys(column for each in parts for column in each.reads))
        shared = {each.name: getattr(first, each.name) for each in fields(WalkPass)}
        return cls(**{**shared, "reads": reads, "terms": made}, parts=tuple(parts))

    def walked(self, work: Work) -> tuple[WalkResult, NDArray[np.int64] | None]:
        found, lines, row, line = [], [], 0, 0
        for part in self.parts:
            if not len(part.terms.numerators):
                continue
            result, orders = part.walked(work)
            if result.rows is not None:
                moved = result.rows._replace(klass=result.rows.klass + np.int16(row))
                moved = moved if orders is None else moved._replace(line=moved.line + np.int32(line))
                result = replace(result, rows=moved)
            row += len(part.terms.numerators)
            if orders is not None:
                lines.append(orders)
                line += orders.size
            found.append(result)
        return together(found), np.concatenate(lines) if lines else None

    def outcomes(self, work: Work, position: int) -> Outcomes:
        found = joined(*(part.outcomes(work, position) for part in self.parts))
        order = np.lexsort((found.level, found.line, found.source))
        return type(found)(*(getattr(found, each.name)[order] for each in fields(found)))

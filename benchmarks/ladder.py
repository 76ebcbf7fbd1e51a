"""A ladder of twelve ranks with four to six requirements each, with leg caps and legs that contain ranks."""

from __future__ import annotations

HEAD = """
compplan: 1
name: Ladder of twelve
currency: USD
period: monthly
rounding: {mode: half_up, at: bonus}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  gv: {roll_up: pv}
  largest: {legs: gv, pick: largest}
counts:
  active_front: {count: active, among: frontline}
conditions:
  active: pv >= 100
ranks:
  ladder:
"""

BONUS = """
bonuses:
  unilevel:
    kind: unilevel
    of: pv
    compress: not active
    pay_when: active
    rates: [5%, 5%, 4%, 4%, 3%, 2%, 1%]
"""


def requirements(rank: int) -> list[str]:
    """The requirements of one of the twelve ranks: the group volume grows by 2.5 from rank to rank."""
    volume = 200 * 5 ** (rank - 1) // 2 ** (rank - 1)
    cap = volume // 2 if rank < 8 else volume * 2 // 5
    found = [f"pv >= {50 if rank == 1 else 100 if rank < 8 else 150}"]
    found.append(f"active_front >= {1 if rank == 1 else 2 if rank < 4 else 3 if rank < 8 else 4}")
    found += [f"gv >= {volume}", f"gv >= {volume}, at most {cap} from one leg"]
    found += [f"2 legs with r{rank - 2}"] if 4 < rank < 8 else []
    found += [f"2 legs with r{rank - 1}", f"4 legs with r{rank - 3}"] if rank >= 8 else []
    return found


def ladder_plan() -> str:
    """The plan as text."""
    lines = [
        f"    r{rank}: [{', '.join(f'{chr(34)}{r}{chr(34)}' for r in requirements(rank))}]" for rank in range(1, 13)
    ]
    return "\n".join([HEAD.rstrip(), *lines, BONUS])

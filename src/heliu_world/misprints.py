"""What the bank's statement says wrong, until the bank has put it right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

from heliu.kernel.clock import ZONE, day_of
from heliu_world.world import World

# Payments of ours alone, and money that left: a stray entry is taken for a stranger's transfer.
OF_THE_DAY = """select e.id from sandbox_entry e join bank_paymentinstruction i
    on i.id::text = e.reference
 where e.booked_at >= %s and e.booked_at < %s and e.amount < 0 order by e.id"""
COPIED = """insert into sandbox_entry (account_id, amount, reference, counterparty, booked_at)
  select account_id, amount, {}, counterparty, booked_at from sandbox_entry where id = %s
  returning id"""
# fault: how an entry is misprinted (returning which row), and how that row is put right again.
WAYS = {
    "statement-misses": (
        "update sandbox_entry set booked_at = booked_at + interval '1000 days' where id = %s"
        " returning id",
        "update sandbox_entry set booked_at = booked_at - interval '1000 days' where id = %s",
    ),
    "statement-differs": (
        "update sandbox_entry set amount = amount + 1 where id = %s returning id",
        "update sandbox_entry set amount = amount - 1 where id = %s",
    ),
    "statement-doubles": (
        COPIED.format("reference"),
        "delete from sandbox_entry where id = %s",
    ),
    "statement-adds": (
        COPIED.format("'a stranger''s'").replace("amount, '", "amount - 7, '", 1),
        "delete from sandbox_entry where id = %s",
    ),
}


@contextmanager
def misprinted(world: World, random: Random) -> Iterator[None]:
    """For the time of the block the statement of the day that ended may be wrong in one line."""
    start = datetime.combine(day_of(world.at) - timedelta(days=1), time(), ZONE)
    lines = world.ask(OF_THE_DAY, start, start + timedelta(days=1))
    drawn = [name for name in WAYS if world.faults.draw(name)]
    if not lines or not drawn:
        yield
        return
    wrong, right = WAYS[drawn[0]]
    (row,) = world.ask(wrong, random.choice(lines)["id"])
    world.faults.note(drawn[0])
    try:
        yield
    finally:
        world.ground.judge.execute(right, [row["id"]])

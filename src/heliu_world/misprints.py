"""What the bank's statement says wrong, until the bank has put it right; transfers it told of by
mistake."""

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

UNDONE = """with told as (
    delete from sandbox_entry where id = %s
    returning account_id, counterparty, amount, booked_at, reference
), other as (
    delete from sandbox_entry where id = (
        select e.id from sandbox_entry e join told t on e.account_id = t.counterparty
           and e.counterparty = t.account_id and e.amount = -t.amount
           and e.booked_at = t.booked_at and e.reference = t.reference order by e.id limit 1)
    returning account_id, amount
)
update sandbox_account a set balance = a.balance - u.amount
  from (select account_id, amount from told union all select account_id, amount from other) u
 where a.number = u.account_id and a.is_bounded"""


def undo_transfer(world: World, entry: str) -> None:
    """The bank says a transfer (by its entry at whom it reached) no more: it never was."""
    world.ground.judge.execute(UNDONE, [int(entry)])


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

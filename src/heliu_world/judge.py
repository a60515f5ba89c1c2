"""Whether everything still holds: a little after each step, everything each day and at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from heliu.capital.bank import operations as bank
from heliu.capital.bank.models import Statement
from heliu.capital.bank.queries import differences
from heliu.config import soundness
from heliu.kernel.access.actor import Actor
from heliu.kernel.posting import sealing
from heliu.kernel.posting.exported import export_heads, kept_heads
from heliu_world.ground import Ground
from heliu_world.states import triggers, watched

# Of the cluster and of the install, not of this database.
NOT_OURS = ("roles", "kernel.posting (seals)")


class Broken(Exception):
    """A law does not hold."""

    def __init__(self, law: str, offender: str) -> None:
        super().__init__(f"{law}: {offender}")
        self.law, self.offender = law, offender


@dataclass
class Judge:
    """Looks at a simulation's database from beside it; `folder` keeps the heads of the seals."""

    ground: Ground
    folder: Path
    _line: int = 0

    def take_seat(self) -> None:
        """Bring the laws into the database; what is there already counts as seen."""
        laws = (files("heliu_world") / "sql" / "laws.sql").read_text(encoding="utf-8")
        self.ground.install(laws + triggers())
        self._move_on()

    def look(self, at: datetime) -> None:
        """See that nothing the last step changed breaks a law. Raises `Broken`."""
        found = self.ground.judge.execute(
            "select law, offender from world_laws(%s, %s)", [self._line, at]
        ).fetchone()
        if found:
            raise Broken(*found)
        self._move_on()

    def take_stock(self) -> None:
        """Let the planner know how much there is by now, as a server does by itself in time."""
        self.ground.install("analyze")

    def look_at_all(self, at: datetime) -> None:
        """Every check of the product over the whole database."""
        with self.ground.working():
            for room, check in soundness.checks():
                if room not in NOT_OURS and (findings := check()):
                    raise Broken(room, findings[0])

    def look_at_seals(self) -> None:
        """Everything that was sealed, against the heads that were kept."""
        with self.ground.working():
            for finding in sealing.verify(kept_heads(self._heads)):
                raise Broken("what was sealed stays as it was", str(finding))

    def compare_with_bank(self, at: datetime) -> None:
        """Every day at the bank is the same here, once nothing is on its way any more.

        Compared again are the days of which something was heard after they were compared.
        """
        late = self.ground.judge.execute(
            "select distinct i.booked_on from bank_paymentinstruction i"
            " where i.booked_on is not null and exists ("
            " select from bank_bankaccount a left join bank_statement s"
            " on s.account_id = a.id and s.day = i.booked_on"
            " where a.id in (i.from_account_id, i.to_account_id)"
            " and (s.compared_at is null or s.compared_at < i.answered_at)) order by 1"
        )
        with self.ground.working():
            for (day,) in late.fetchall():
                bank.reconcile_day(day, at)
            for line in differences(Actor.system())[:1]:
                said = f"{line.theirs} there, {line.ours} here, {line.statement.day}"
                about = f"{line.entry} {line.instruction} {line.statement.account}"
                raise Broken("the bank's statement is ours", f"{line.verdict}: {said}, {about}")
            for statement in Statement.objects.select_related("account").order_by("day"):
                if not statement.is_tied:
                    raise Broken("the bank's statement is ours", f"{statement.account}")

    def seal(self, at: datetime) -> int:
        """Seal what is final and keep the heads outside of the database, as the worker does."""
        with self.ground.being("worker"):
            sealed = sealing.seal(at)
            export_heads(self._heads)
        return sealed

    def states(self) -> dict[str, dict[str, list[str]]]:
        """By document: the states that were reached, and those that were not."""
        rows = self.ground.judge.execute("select document, state from world_seen").fetchall()
        seen = set(rows)
        return {
            one.name: {
                "reached": [state for state in one.states if (one.name, state) in seen],
                "missed": [state for state in one.states if (one.name, state) not in seen],
            }
            for one in watched()
        }

    @property
    def _heads(self) -> Path:
        return self.folder / "heads.json"

    def _move_on(self) -> None:
        found = self.ground.judge.execute(
            "select coalesce(max(id), 0) from posting_line"
        ).fetchone()
        assert found is not None
        (self._line,) = found

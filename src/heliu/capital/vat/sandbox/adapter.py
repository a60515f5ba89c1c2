"""The sandbox behind the port. It acts on a paper in the transaction that hands it over."""

from __future__ import annotations

from datetime import datetime

from heliu.capital.vat.port import Answer, Authority, AuthorityTimeout, Outcome, Paper
from heliu.capital.vat.sandbox.models import AuthorityFault, AuthorityFaultKind, TakenPaper


class SandboxAuthority:
    """An authority that issues at once unless a fault is scripted."""

    def issue(self, paper: Paper, at: datetime) -> Answer:
        """Act on the paper once, and give its answer; a known id only gets the answer again."""
        taken = TakenPaper.objects.filter(pk=paper.id).first()
        if taken is not None:
            return _told(taken, at)
        fault = _next_fault()
        is_refused = fault is not None and fault.fault == AuthorityFaultKind.REFUSE
        taken = TakenPaper.objects.create(
            id=paper.id,
            outcome=Outcome.REFUSED if is_refused else Outcome.ISSUED,
            number="" if is_refused else _number(at),
            reason=fault.reason if fault and is_refused else "",
            due_at=at + fault.delay if fault and fault.fault == AuthorityFaultKind.SLOW else at,
        )
        if fault is not None and fault.fault == AuthorityFaultKind.LOST:
            raise AuthorityTimeout(str(paper.id))
        return _told(taken, at)


def connect() -> Authority:
    """The sandbox keeps nothing open."""
    return SandboxAuthority()


def _told(taken: TakenPaper, at: datetime) -> Answer:
    if at < taken.due_at:
        return Answer(Outcome.PENDING)
    return Answer(Outcome(taken.outcome), taken.number, taken.reason)


def _number(at: datetime) -> str:
    """Twenty digits: the year, the region (invented: 33), the channel, and a running number."""
    return f"{at:%y}332000{TakenPaper.objects.count() + 1:012d}"


def _next_fault() -> AuthorityFault | None:
    found = AuthorityFault.objects.select_for_update().filter(times__gt=0).order_by("pk").first()
    if found is not None:
        found.times -= 1
        found.save(update_fields=["times"])
    return found

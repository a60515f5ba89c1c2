"""States as tables: a document changes state only by its table of moves."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.errors import Refused, Stale

Moves = Mapping[str, Set[str]]


class Tone(models.TextChoices):
    """How a state looks everywhere; see the stylesheet. Named once, beside the state's words."""

    QUIET = "quiet", _("done")
    OPEN = "open", _("not begun")
    MOVING = "moving", _("somebody is at it")
    GOOD = "good", _("good news")
    DUE = "due", _("waits for you")
    BAD = "bad", _("needs an act")
    BOUND = "bound", _("somebody has a claim")


def move(row: models.Model, target: str, *, moves: Moves, **also: Any) -> None:
    """Step `row` to `target` if its table allows it and nobody moved it first.

    `also` are other fields set in the same statement. Raises `Refused` (state-move) for a move
    that is not in the table, `Stale` when somebody else moved the row since it was read.
    """
    source: str = row.status  # type: ignore[attr-defined]
    if target not in moves[source]:
        raise Refused(
            "state-move",
            "This is %(now)s and cannot become %(then)s.",
            now=_label(row, source),
            then=_label(row, target),
        )
    changed = (
        type(row)._default_manager.filter(pk=row.pk, status=source).update(status=target, **also)
    )
    if not changed:
        raise Stale()
    row.status = target  # type: ignore[attr-defined]
    for name, value in also.items():
        setattr(row, name, value)


def _label(row: models.Model, status: str) -> str:
    choices = dict(row._meta.get_field("status").choices or [])  # type: ignore[union-attr]
    return str(choices.get(status, status))


def known_status(
    name: str, statuses: type[models.TextChoices], *, field: str = "status"
) -> models.CheckConstraint:
    """The database's copy of the table: no row may hold a status that is not named."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": statuses.values}), name=name
    )

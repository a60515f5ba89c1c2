"""Every write to to-dos."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import people_of
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.notices import Told, tell_all
from heliu.kernel.todos import queries
from heliu.kernel.todos.models import Todo, TodoChange

PAGE = "/todos"


def add(
    *,
    actor: Actor,
    text: str,
    owner: UUID | None = None,
    due_on: date | None = None,
    kind: str = "",
    number: str = "",
    link: str = "",
    message: UUID | None = None,
    at: datetime,
) -> Todo:
    """Something for a person of the actor's own house (oneself, if nobody is named) to do; whoever
    is given it by another is told. One message makes one to-do of a house.

    Raises `Invalid` for nothing to do, for somebody who does not work there and for a day gone by.
    """
    if actor.user_id is None:
        raise Forbidden("no-desk", "This needs somebody at a desk.")
    text = _worded(text)
    if due_on is not None and due_on < day_of(at):
        raise Invalid("day-gone", "This day has gone by.", field="due_on")
    person = owner or actor.user_id
    about = {
        "owner": person,
        "owner_name": _name_of(person, actor),
        "text": text,
        "kind": kind,
        "number": number,
        "link": link,
        "due_on": due_on,
        "made_by_name": actor.name,
        "made_at": at,
    }
    if message is not None:
        made, is_new = Todo.objects.get_or_create(
            org=actor.own_org, message=message, defaults=about
        )
    else:
        made, is_new = Todo.objects.create(org=actor.own_org, **about), True
    if is_new and person != actor.user_id:
        said = {"person": actor.name, "text": text}
        tell_all("todo-given", [Told(made.org, said, link or PAGE, person)], at=at)
    return made


def change(
    todo: UUID,
    *,
    actor: Actor,
    text: str,
    due_on: date | None,
    at: datetime,
    owner: UUID | None = None,
) -> Todo:
    """Other words, another person or another day; what it said before is kept. Whoever it is given
    to by another is told; with another day it is told again that it is due.

    Raises what `add` raises; `Refused` (todo-done) where it is done.
    """
    found = queries.locked(actor, todo)
    if found.done_at is not None:
        raise Refused(
            "todo-done", "It is done.", help="Say that it is not done after all, then change it."
        )
    text, owner = _worded(text), owner or found.owner
    if due_on != found.due_on and due_on is not None and due_on < day_of(at):
        raise Invalid("day-gone", "This day has gone by.", field="due_on")
    before = (found.text, found.owner, found.due_on)
    if before == (text, owner, due_on):
        return found
    TodoChange.objects.create(
        todo=found, org=found.org, text=found.text, owner_name=found.owner_name,
        due_on=found.due_on, by_name=actor.name, at=at,
    )  # fmt: skip
    is_given = owner != found.owner
    if is_given:
        found.owner, found.owner_name = owner, _name_of(owner, actor)
    if is_given or due_on != found.due_on:
        found.reminded_on = None
    found.text, found.due_on = text, due_on
    found.save(update_fields=["text", "owner", "owner_name", "due_on", "reminded_on"])
    if is_given and owner != actor.user_id:
        said = {"person": actor.name, "text": text}
        tell_all("todo-given", [Told(found.org, said, found.link or PAGE, owner)], at=at)
    return found


def done(todo: UUID, *, actor: Actor, at: datetime) -> Todo:
    """It is done, whoever of the house did it."""
    found = queries.get(actor, todo)
    if found.done_at is None:
        found.done_at, found.done_by_name = at, actor.name
        found.save(update_fields=["done_at", "done_by_name"])
    return found


def undo(todo: UUID, *, actor: Actor) -> Todo:
    """It is not done after all."""
    found = queries.get(actor, todo)
    found.done_at, found.done_by_name = None, ""
    found.save(update_fields=["done_at", "done_by_name"])
    return found


def remind(*, at: datetime) -> int:
    """Tell everybody what is due today, once; returns how many to-dos. For the worker."""
    today = day_of(at)
    due = Todo.objects.select_for_update(skip_locked=True).filter(
        done_at=None, reminded_on=None, due_on__lte=today
    )
    found = list(due.order_by("due_on", "id")[:5_000])
    tell_all(
        "todo-due",
        [Told(one.org, {"text": one.text}, one.link or PAGE, one.owner) for one in found],
        at=at,
    )
    Todo.objects.filter(pk__in=[one.pk for one in found]).update(reminded_on=today)
    return len(found)


def _worded(text: str) -> str:
    text = " ".join(text.replace("\x00", "").split())[:200]
    if not text:
        raise Invalid("todo-empty", "Say what is to be done.", field="text")
    return text


def _name_of(person: UUID, actor: Actor) -> str:
    found = people_of(actor).filter(org=actor.own_org, user=person, is_active=True).first()
    if found is None:
        raise Invalid("not-a-colleague", "This person does not work here.", field="owner")
    return str(found.user)

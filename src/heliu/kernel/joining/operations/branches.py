"""A house opens a branch of its own, within what the operator allows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.ids import new_id
from heliu.kernel.joining.events import BranchOpened
from heliu.kernel.parties.queries import operators

OPEN = "select joining_open_branch(%s, %s, %s, %s, %s, %s, %s)"
WHY_NOT = {
    "house-not-active": ("Your company is not admitted.", ""),
    "branches-of-buyers": ("Only a house that buys has branches of its own.", ""),
    "branches-enough": (
        "There are as many branches as the platform allows.",
        "Ask the operator for more.",
    ),
    "code-taken": ("This code is taken.", "Choose another one."),
}


def open_branch(
    *, code: str, name: str, name_zh: str, city: str, address: str, actor: Actor, at: datetime
) -> UUID:
    """Open a branch below the actor's house: it buys as the house buys, under its tax number, and
    stands as it stands. Its code is the house's with `code` behind it. Returns its id.

    Raises `Invalid` for what is no code or name, `Refused` for a limit of the operator
    (branches-enough) and a code that is taken.
    """
    actor.require("manage")
    actor.require("order")
    name, name_zh, city, address = (
        " ".join(text.split()) for text in (name, name_zh, city, address)
    )
    plain = code.strip().lower()
    if not (plain.isascii() and plain.replace("-", "").isalnum()) or not 1 <= len(plain) <= 12:
        raise Invalid("code-invalid", "A code has 1 to 12 letters and figures.", field="code")
    if not 1 <= len(name or name_zh) <= 60 or len(name_zh) > 60:
        raise Invalid("name-missing", "A name has 1 to 60 characters.", field="name")
    if len(city) > 60 or len(address) > 200:
        raise Invalid("address-long", "A city has 60 characters at most, an address 200.",
                      field="address")  # fmt: skip
    branch = new_id()
    with connection.cursor() as cursor:
        cursor.execute("select code from parties_organization where id = %s", [actor.own_org])
        (above,) = cursor.fetchone()
        full = f"{above}-{plain}"
        if len(full) > 40:
            raise Invalid("code-invalid", "This code is too long.", field="code")
        said = [name or name_zh, name_zh, city, address]
        cursor.execute(OPEN, [actor.own_org, branch, full, *said])
        (why,) = cursor.fetchone()
    if why:
        words, hint = WHY_NOT[why]
        raise Refused(why, words, field="code" if why == "code-taken" else "", help=hint)
    fact = BranchOpened(subject=branch, house=actor.own_org, code=full)
    record(fact, actor=actor, at=at, audience=[actor.own_org, *operators()])
    return branch

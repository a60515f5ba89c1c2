"""Where goods are put, what a count says, what a receipt says, what may be picked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_noop

from heliu.kernel.errors import Invalid
from heliu.logistics.stock.policies import Marked
from heliu.logistics.verdicts import Verdict

# What is told of a house, and how long each may be.
REACH = {
    "address": 200, "address_zh": 200, "hours": 120, "hours_zh": 120, "contact": 80, "phone": 40,
}  # fmt: skip


class Count(NamedTuple):
    """What the keeper counted of one line of a shipment; of goods that are told apart the pieces,
    where some came and others did not."""

    line_id: UUID
    good: int
    damaged: int = 0
    good_marks: tuple[Marked, ...] = ()
    damaged_marks: tuple[Marked, ...] = ()


@dataclass(frozen=True)
class Reach:
    """How people find a house and whom they call; `hours` such as Mon-Fri 8-17."""

    address: str = ""
    address_zh: str = ""
    hours: str = ""
    hours_zh: str = ""
    contact: str = ""
    phone: str = ""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Reach:
        """As it is kept, out of what was typed. Raises `Invalid` for what is too long, and for a
        phone number without digits."""
        told = {name: " ".join(str(said.get(name) or "").split()) for name in REACH}
        for name, text in told.items():
            if len(text) > REACH[name] or "\0" in text:
                raise Invalid(
                    "address-too-long", "At most %(most)s signs.", field=name, most=REACH[name]
                )
        if told["phone"] and not any(sign.isdecimal() for sign in told["phone"]):
            raise Invalid("phone-unreadable", "This is no telephone number.", field="phone")
        return cls(**told)


class BinLoad(NamedTuple):
    """A storage bin, its place on the plan, and how many rows of goods lie in it."""

    id: UUID
    x: int
    y: int
    rows: int


def put_away(bins: Sequence[BinLoad], count: int) -> list[UUID | None]:
    """A bin for each of `count` lines: empty ones first, then those nearest to the gate at (0, 0).

    A house without bins keeps its goods anywhere (None).
    """
    if not bins:
        return [None] * count
    ranked = sorted(bins, key=lambda place: (place.rows, place.x + place.y, place.y))
    return [ranked[n % len(ranked)].id for n in range(count)]


def missing_of(expected: Mapping[UUID, int], counts: Sequence[Count]) -> dict[UUID, int]:
    """How much of each line did not come. Every line is counted once, and no more than was sent."""
    counted = {count.line_id: count for count in counts}
    if len(counted) != len(counts) or counted.keys() != expected.keys():
        raise Invalid("count-incomplete", "Count every line of the shipment once.", field="counts")
    missing = {}
    for line, sent in expected.items():
        count = counted[line]
        if count.good < 0 or count.damaged < 0:
            raise Invalid("count-negative", "A count is 0 or more.", field="counts")
        missing[line] = sent - count.good - count.damaged
        if missing[line] < 0:
            raise Invalid(
                "over-receipt",
                "%(counted)s were counted but only %(sent)s were sent.",
                field="counts",
                help="Count again. Goods that nobody sent are not received.",
                counted=count.good + count.damaged,
                sent=sent,
            )
    return missing


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a receipt: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class PickRequest:
    """What must be known to say whether goods may be taken from a row."""

    quantity: int
    on_row: int
    is_pledged: bool
    is_good: bool
    promisable: int | None  # None: a release order already set these goods aside
    bin: str


def may_pick(request: PickRequest) -> Verdict:
    """Whether the keeper may take the goods: never pledged or damaged ones."""
    if request.is_pledged:
        return Verdict(
            False,
            "pledged",
            gettext_noop("Stop. These goods are pledged: leave them in bin %(bin)s."),
            {"bin": request.bin},
        )
    if not request.is_good:
        return Verdict(
            False,
            "quarantined",
            gettext_noop("Stop. These goods are in quarantine: leave them in bin %(bin)s."),
            {"bin": request.bin},
        )
    if request.quantity > request.on_row:
        return Verdict(
            False,
            "too-many",
            gettext_noop("Stop. Only %(quantity)s are here."),
            {"quantity": request.on_row},
        )
    if request.promisable is not None and request.quantity > request.promisable:
        return Verdict(
            False,
            "promised",
            gettext_noop("Stop. Only %(quantity)s of these are not promised to somebody."),
            {"quantity": request.promisable},
        )
    return Verdict(
        True,
        "go",
        "Take %(quantity)s from bin %(bin)s to the gate.",
        {"quantity": request.quantity, "bin": request.bin},
    )

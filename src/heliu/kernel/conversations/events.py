"""What is told of a conversation: ids and numbers, never the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class MessageWritten(Fact):
    """Somebody wrote about a record; a note is told to the writer's own house alone."""

    name: ClassVar[str] = "information.message-written"
    flows: ClassVar[tuple[str, ...]] = ("information",)

    message: UUID
    kind: str
    number: str
    is_note: bool
    files: int


@dataclass(frozen=True, kw_only=True)
class MessageTakenBack(Fact):
    """The writer took a message back."""

    name: ClassVar[str] = "information.message-taken-back"
    flows: ClassVar[tuple[str, ...]] = ("information",)

    message: UUID
    kind: str
    number: str

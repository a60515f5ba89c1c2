"""The page for integrators names every kind of fact with what it says; UPDATE_SNAPSHOTS=1 writes it."""

from __future__ import annotations

import os
import time
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import heliu.trade.tasks  # noqa: F401  # so that every room has named its facts
from heliu.kernel.events.facts import kinds
from heliu.kernel.webhooks.policies import headers

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
HEAD = "## Kinds of facts\n\n"


def row(name: str, kind: Any) -> str:
    hints = get_type_hints(kind)
    said = [
        f"`{field.name}` {type_words(hints[field.name])}"
        for field in fields(kind)
        if field.name != "subject"
    ]
    words = " ".join((kind.__doc__ or "").split())
    return f"| `{name}` | {', '.join(kind.flows)} | {words} | {', '.join(said) or '–'} |"


def type_words(hint: Any) -> str:
    """As JSON knows it."""
    known = {
        "str": "text", "int": "integer", "bool": "true or false", "UUID": "id", "date": "day",
        "datetime": "time", "Decimal": "decimal", "dict": "object",
    }  # fmt: skip
    parts = str(hint).split(" | ") if " | " in str(hint) else [getattr(hint, "__name__", str(hint))]
    return " or ".join(
        "null" if part == "None" else known.get(part.rpartition(".")[2], part) for part in parts
    )


def table() -> str:
    rows = [row(name, kind) for name, kind in kinds().items() if kind.__module__[:6] == "heliu."]
    return "\n".join(
        ["| kind | flows | what happened | `data` |", "| --- | --- | --- | --- |", *rows, ""]
    )


def test_the_page_names_every_kind() -> None:
    text = PAGE.read_text()
    before, _, there = text.partition(HEAD)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(before + HEAD + table())
        return
    assert there == table()


def code(language: str, mark: str) -> str:
    """A piece of code of the page."""
    blocks = PAGE.read_text().split(f"```{language}\n")[1:]
    return next(block.partition("```")[0] for block in blocks if mark in block)


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def signed(body: bytes) -> dict[str, str]:
    return headers([SECRET, SECRET[:-4] + "AAAA"], message="m", moment=datetime.now(UTC), body=body)


def test_the_code_for_python_tells_ours_from_others() -> None:
    found: dict[str, Any] = {}
    exec(code("python", "def is_ours"), found)
    assert found["is_ours"](SECRET, signed(b"{}"), b"{}")
    assert not found["is_ours"](SECRET, signed(b"{}"), b"{ }")
    old = signed(b"{}") | {"webhook-timestamp": str(int(time.time()) - 400)}
    assert not found["is_ours"](SECRET, old, b"{}")

"""Heads kept in a file outside the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import be

from heliu.kernel.ids import new_id
from heliu.kernel.posting.exported import HEADS, export_heads, kept_heads
from heliu.kernel.posting.operations import (
    AccountSpec,
    Journal,
    Line,
    heads,
    open_accounts,
    post,
    seal,
    verify,
)

AT = datetime(2026, 11, 2, tzinfo=UTC)


def test_what_was_written_is_what_is_read(own_db: str, tmp_path: Path) -> None:
    be("heliu_worker")
    assert kept_heads(tmp_path / HEADS) == {}
    org = new_id()
    specs = [
        AccountSpec(key=key, chain="book:a", balance_group="book:a", unit="CNY", org=org)
        for key in ("one", "other")
    ]
    one, other = open_accounts(specs).values()
    journal = Journal(new_id(), "k", "t", (Line(one, 5), Line(other, -5)), AT.date(), org)
    post([journal], at=AT)
    assert seal(AT) == 2
    export_heads(tmp_path / "data" / HEADS)
    kept = kept_heads(tmp_path / "data" / HEADS)
    assert kept == heads()
    assert verify(kept) == []
    forged = {chain: {**head, "hash": "0" * 64} for chain, head in kept.items()}
    assert [finding.chain for finding in verify(forged)] == ["book:a"]  # type: ignore[arg-type]

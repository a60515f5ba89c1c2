"""Seals after the fact, and the proofs that nothing was changed since and that the laws hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from heliu.kernel.posting.database import rows
from heliu.kernel.posting.records import Finding, Head


def seal(at: datetime) -> int:
    """Seal and fold every line written by transactions older than the oldest running one.

    Returns how many lines were sealed. The worker does it about once a second and keeps `heads`
    outside the database. Nobody waits for it, and it waits for nobody but another sealer.
    """
    count: int = rows("select posting_seal(%s)", at)[0][0]
    return count


def heads() -> dict[str, Head]:
    """Where each chain ends now; JSON-able, and worth as much as the place where it is kept."""
    found = rows(
        "select name, blocks, lines, last_line, encode(hash, 'hex') from posting_chain"
        " where blocks > 0 order by name"
    )
    return {
        name: Head(block=block, lines=lines, last_line=last_line, hash=digest)
        for name, block, lines, last_line, digest in found
    }


def verify(heads: Mapping[str, Head] | None = None) -> list[Finding]:
    """The first line at fault of each chain, [] when all is as it was sealed.

    Without `heads` the lines are held against the seals beside them; with heads kept elsewhere
    also a rewritten or shortened chain is found.
    """
    kept = heads or {}
    found = rows(
        "select chain, line, position, kind"
        " from posting_verify(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])",
        list(kept),
        [head["block"] for head in kept.values()],
        [head["lines"] for head in kept.values()],
        [head["last_line"] for head in kept.values()],
        [head["hash"] for head in kept.values()],
    )
    return [Finding(*row) for row in found]


def check() -> list[str]:
    """The laws of the engine that are broken, each with its first offender; [] when all hold."""
    return [f"{law}: {offender}" for law, offender in rows("select * from posting_check()")]

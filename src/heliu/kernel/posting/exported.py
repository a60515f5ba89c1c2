"""The heads of the seals kept in a file outside the database.

Whoever rewrites lines, seals and chains consistently inside the database cannot also change what
was written down elsewhere; `heliu check` holds the ledger against this file.
"""

from __future__ import annotations

import json
from pathlib import Path

from heliu.kernel.posting.records import Head
from heliu.kernel.posting.sealing import heads

HEADS = "heads.json"
"""The file's name in the data folder."""


def export_heads(path: Path) -> None:
    """Write the heads as they are now; a reader sees the old file or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(heads(), indent=1, sort_keys=True))
    fresh.replace(path)


def kept_heads(path: Path) -> dict[str, Head]:
    """The heads that were written last; none when there is no file yet."""
    return json.loads(path.read_text()) if path.exists() else {}

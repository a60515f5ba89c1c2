"""Names in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language


def in_language(name: str, name_zh: str) -> str:
    """A name in the reader's language, the other where it has none."""
    chinese = (get_language() or "").startswith("zh")
    return (name_zh or name) if chinese else (name or name_zh)

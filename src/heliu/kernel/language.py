"""The reader's language: what is kept in two is told in one."""

from __future__ import annotations

from django.utils.translation import get_language


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def in_language(english: str, chinese: str) -> str:
    """A text in the reader's language, or in the other where it is missing."""
    return (chinese or english) if is_chinese() else (english or chinese)

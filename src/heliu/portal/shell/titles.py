"""What a person is called at a desk."""

from __future__ import annotations

from django.utils.translation import get_language

from heliu.kernel.access.roles import TEMPLATES


def is_chinese() -> bool:
    """Whether the page is read in Chinese."""
    return (get_language() or "").startswith("zh")


def title_words(title: str) -> str:
    """The title in the reader's language where it is that of a role template."""
    words = {name: name_zh for name, name_zh, _may in TEMPLATES.values()}
    return words.get(title, title) if is_chinese() else title

"""What a person is called at a desk."""

from __future__ import annotations

from typing import Any

from heliu.kernel.access.roles import TEMPLATES
from heliu.kernel.language import in_language, is_chinese


def title_words(title: str) -> str:
    """The title in the reader's language where it is that of a role template."""
    words = {name: name_zh for name, name_zh, _may in TEMPLATES.values()}
    return words.get(title, title) if is_chinese() else title


def role_words(role: Any) -> str:
    """A role's name in the reader's language, else the one it has."""
    return str(in_language(role.name, role.name_zh))

"""How a person wants the pages to be: language, light or dark, density."""

from __future__ import annotations

from heliu.kernel.access.models import User
from heliu.kernel.errors import Invalid

CHOICES = {
    "language": ("zh-hans", "en"),
    "theme": ("auto", "light", "dark"),
    "density": ("compact", "normal", "roomy"),
}


def prefer(user: User, name: str, value: str) -> None:
    """Keep one preference of a person. Refuses (422) a value that is not among its choices."""
    if value not in CHOICES[name]:
        raise Invalid("preference-unknown", "There is no such choice.", field=name)
    setattr(user, name, value)
    user.save(update_fields=[name])

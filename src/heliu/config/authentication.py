"""Signing in with an e-mail address and a password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from heliu.kernel.access.models import User


class People(ModelBackend):
    """Django's own, except that a demo's people, whose passwords are printed, exist only in a demo.

    Permissions are not Django's: what somebody may do stands in the roles of the desk.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The person, or None; addresses are compared in lower case."""
        name = (username or "").strip().lower()
        found = super().authenticate(request, username=name, password=password, **kwargs)
        return found if isinstance(found, User) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether this person may be signed in here."""
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

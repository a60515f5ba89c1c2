"""What every verb stands on: settings for the right role, and one line when it cannot be done."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django

from heliu.config.database import BadAddress
from heliu.config.postgres import Trouble
from heliu.config.secrets import Exposed
from heliu.kernel.errors import Refused


def say(words: str) -> None:
    """A line for whoever sits at the terminal."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@contextmanager
def told() -> Iterator[None]:
    """Tell what went wrong in one sentence and end with 1; nothing was lost by it."""
    try:
        yield
    except (Trouble, BadAddress, Exposed) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    except Refused as error:
        sys.stderr.write(error.whole() + "\n")
        raise SystemExit(1) from None


def require_bank_of_the_house() -> None:
    """Refuse another bank than the sandbox in our own database, whose tables are read."""
    from django.conf import settings

    if settings.HELIU_BANK != "heliu.capital.bank.sandbox":
        raise Trouble("This plays with the sandbox bank of the house: unset HELIU_BANK.")


def set_up(role: str, *, demo: bool = False, log: str = "WARNING") -> None:
    """Load settings and apps for a process in this database role.

    Only what serves logs what it does; the other verbs speak to whoever called them.
    """
    os.environ["HELIU_ROLE"] = role
    if demo:
        # Apart from the install that may be in the same place.
        os.environ["HELIU_DEMO"] = "1"
        os.environ.setdefault("HELIU_DATA", ".heliu/demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliu.config.settings")
    os.environ.setdefault("HELIU_LOG", log)
    django.setup()

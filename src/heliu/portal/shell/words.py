"""What a desk says in the frame: its nav, its phone tabs, its one figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from heliu.kernel.access.actor import Actor
from heliu.portal.ui.frame import DeskFigure, NavHead, NavItem, Tab


@dataclass(frozen=True, slots=True)
class Words:
    """The frame's part that differs from desk to desk."""

    nav: tuple[NavItem | NavHead, ...]
    tabs: tuple[Tab, ...]
    figure: DeskFigure | None = None


@dataclass(frozen=True, slots=True)
class DeskKind:
    """One kind of desk: its word (a msgid), whose it is, where its day begins, how its frame is
    filled.

    ``words`` is given the actor, the present moment and the name of the route that is shown.
    """

    key: str
    label: str
    roles: frozenset[str]
    home: str
    words: Callable[[Actor, datetime, str], Words]


def nav(
    label: str, route: str, here: str, *, count: int | None = None, hot: bool = False, key: str = ""
) -> NavItem:
    """A word of the rail that leads to a named route and is current when that route is shown."""
    return NavItem(label, reverse(route), count, hot, current=here == route, key=key)


def tab(label: str, route: str, icon: str, here: str, *also: str) -> Tab:
    """A tab of the phone; ``also`` are further routes that belong to it."""
    return Tab(label, reverse(route), icon, current=here in (route, *also))

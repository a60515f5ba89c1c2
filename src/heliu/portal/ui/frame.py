"""What the frame around every page shows; a page's view hands one ``Frame`` to its template.

The frame only knows words, counts and addresses. Which words a desk has, and which counts wait
there, is the business of that desk's own module.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class NavItem:
    """One word of the rail. ``count`` is how many things wait there; ``hot`` when some are overdue.

    ``key`` is the letter after ``g`` on the keyboard (h, o, d, f and so on), or empty.
    """

    label: str
    href: str
    count: int | None = None
    hot: bool = False
    current: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavHead:
    """A small head above a group of words in the rail."""

    label: str
    is_head: bool = field(default=True, init=False)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the at most five tabs at the bottom of the phone; ``icon`` names an icon."""

    label: str
    href: str
    icon: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class DeskFigure:
    """The one figure a desk lives by, in the top bar of every page.

    Give ``minor`` for money (integer minor units of a two-decimal currency) or ``text`` for
    anything else. With ``limit_minor`` a small meter shows what of the limit is used and held.
    """

    label: str
    minor: int | None = None
    text: str = ""
    title: str = ""
    href: str = ""
    used_minor: int = 0
    held_minor: int = 0
    limit_minor: int | None = None

    @property
    def free_minor(self) -> int:
        """What is left of the limit; never below zero."""
        return max(0, (self.limit_minor or 0) - self.used_minor - self.held_minor)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: name, at most two initials for the round sign, and a line on the role."""

    name: str
    initials: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class DeskChoice:
    """A desk this person may switch to; ``value`` is what the form posts as ``desk``."""

    value: str
    desk: str
    house_name: str
    person: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One way to move the demonstration's clock on; ``value`` is what the form posts as ``by``."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class DemoClock:
    """The demonstration's own time and the steps by which it can be moved on."""

    now: datetime
    steps: tuple[ClockStep, ...] = ()


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """Who, of which house, acts in which customer's name: the band on each of its pages."""

    person: str
    house_name: str
    customer: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the page. ``today`` decides which dates are written without their year.

    ``theme`` is light, dark or auto; ``density`` is compact, normal or roomy.
    """

    desk: str
    house_name: str
    nav: tuple[NavItem | NavHead, ...] = ()
    tabs: tuple[Tab, ...] = ()
    figure: DeskFigure | None = None
    inbox_count: int = 0
    person: Person | None = None
    desks: tuple[DeskChoice, ...] = ()
    demo: DemoClock | None = None
    theme: str = "auto"
    density: str = "normal"
    today: date | None = None
    behalf: OnBehalf | None = None

"""The demonstration, served by the product's own processes, and browsers that look at it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser.sights import WIDE
from tests.conftest import CLUSTER, be, cloned

from heliu.config.messages import compile_catalogues
from heliu.config.running import serving
from heliu.demo.chain import PASSWORD
from heliu.demo.sample import load
from heliu.demo.seed import seed
from heliu.kernel.clock import day_of

CHROMIUM = "/usr/bin/chromium"
# What nobody waits for any more: the test cuts the network, or the page is left before its answer.
CUT_OFF = (
    "net::ERR_INTERNET_DISCONNECTED",
    "htmx:afterRequest,",
    "htmx:sendAbort,",
    "htmx:sendError,",
)
SLOWEST = 20_000  # milliseconds; two processes, a browser and other tests share two cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database with the whole demonstration: houses, real orders, deals in every state. Nobody
    is connected to it; whoever serves it takes a copy."""
    with django_db_blocker.unblock(), cloned(base := connection.settings_dict["NAME"]) as name:
        be("heliu_worker")
        now = datetime.now(UTC) - timedelta(minutes=1)
        seed(load(day_of(now)), at=now)
        # Tests after these run in the same process: this one leaves the copy to the browsers.
        be("heliu_web", base)
        yield name


@dataclass(frozen=True)
class Server:
    """A demonstration that is served: where, on which database, and the folder of its mail."""

    address: str
    town: str
    mailbox: Path


@pytest.fixture(scope="session")
def town(seeded: str, django_db_blocker: Any) -> Iterator[str]:
    """The demonstration that most tests look at together."""
    with django_db_blocker.unblock(), _copied(seeded) as name:
        yield name


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> str:
    """Where the demonstration is served: one that runs already, when HELIU_SERVED names it."""
    return os.environ.get("HELIU_SERVED") or str(request.getfixturevalue("served"))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the processes that serve the demonstration."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def mailbox(data: Path) -> Path:
    """Where mail goes that the demonstration sends."""
    return data / "mail"


@pytest.fixture(scope="session")
def served(town: str, kept_files: Path, data: Path) -> Iterator[str]:
    """Web and worker processes on the demonstration, each with its own database role."""
    with _served(town, kept_files, data) as address:
        yield address


@pytest.fixture
def night(
    seeded: str, kept_files: Path, tmp_path: Path, django_db_blocker: Any
) -> Iterator[Server]:
    """A demonstration of a test's own, whose clock it may move."""
    with (
        django_db_blocker.unblock(),
        _copied(seeded) as town,
        _served(town, kept_files, tmp_path) as address,
    ):
        yield Server(address, town, tmp_path / "mail")


@contextmanager
def _copied(seeded: str) -> Iterator[str]:
    """A copy for the browsers; this process stays where it was."""
    base = connection.settings_dict["NAME"]
    with cloned(seeded) as name:
        be("heliu_web", base)
        yield name


@contextmanager
def _served(town: str, kept_files: Path, data: Path) -> Iterator[str]:
    compile_catalogues()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (data / "files").symlink_to(kept_files)  # of the demonstration that this process has seeded
    with ExitStack() as open_to_the_end:
        with pytest.MonkeyPatch.context() as environ:
            environ.setenv("HELIU_PG_HOST", str(CLUSTER))
            environ.setenv("HELIU_DATABASE", town)
            environ.setenv("HELIU_DATA", str(data))
            environ.setenv("HELIU_DEMO", "1")
            processes = open_to_the_end.enter_context(
                serving(host="127.0.0.1", port=port, log=data / "processes.log")
            )
        yield processes.address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; as root it has no sandbox of its own."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}


Opener = Callable[..., Page]


@pytest.fixture
def sit(address: str, browser: Browser) -> Iterator[Opener]:
    """Open a browser of one's own for a person, signed in, reading a language.

    Whatever its console complains about fails the test.
    """
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_for(
        email: str, *, language: str = "en", size: dict[str, int] = WIDE, **options: Any
    ) -> Page:
        context = browser.new_context(base_url=address, viewport=size, locale=language, **options)  # type: ignore[arg-type]
        opened.append(context)
        context.set_default_timeout(SLOWEST)
        context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}]
        )
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in/")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("form:has(#password) button")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield open_for
    for context in opened:
        context.close()
    assert [said for said in complaints if not any(one in said for one in CUT_OFF)] == []

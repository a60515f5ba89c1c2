"""Every page that a desk's owner can reach by links: how long the server takes, how often it asks
the database. On whatever database is there; nothing is served, nothing is written but a session."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from heliu.config import memory
from heliu.config.postgres import Trouble
from heliu.kernel.access.models import User
from heliu.kernel.access.request import DESK
from heliu_bench.cpu import Spent
from heliu_bench.ground import Ground
from heliu_bench.measure import Round
from heliu_bench.report import Report

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
LOCATION = re.compile(r"<loc>https?://[^/<]+(/[^<]*)</loc>")
PUBLIC = "PUBLIC"  # who comes from a search engine: it enters where the sitemap leads
NOT_PAGES = frozenset({"sign_out", "sign_in", "switch_desk", "language", "theme", "density"})
LEAST = 0.2  # CPU seconds are counted in ticks; a page is read again until it takes as long
# Per desk the person whose organisation has most deals: the fullest lists.
WHO = """
select distinct on (r.role) r.role, m.user_id, m.org
  from parties_partyrole r
  join access_membership m on m.org = r.organization_id and m.is_active
  join access_user u on u.id = m.user_id and u.is_active
 cross join lateral (
    select count(*) as n from trade_deal d
     where m.org in (d.buyer, d.seller, d.lender, d.custodian)) as deals
 order by r.role, deals.n desc, m.id
"""


@dataclass(frozen=True)
class Options:
    """What was asked for: so many addresses of each route, each read so often in a round."""

    samples: int
    reads: int
    rounds: int
    desks: frozenset[str] = frozenset()  # all of them, where none is named
    queries: tuple[str, ...] = ()  # what dealers look for in the catalogue


@dataclass
class Desk:
    """A desk with its browser, and the addresses found for each route."""

    role: str
    client: Client
    pages: dict[str, list[str]] = field(default_factory=dict)


def run(ground: Ground, report: Report, options: Options) -> None:
    """Find the pages by their links, then read each. Raises `Trouble` when one is not answered."""
    desks = [
        Desk(role, _signed_in(user, org))
        for role, user, org in _people(ground)
        if not options.desks or role in options.desks
    ]
    shop = Desk(PUBLIC, Client(headers={"host": "localhost", "accept-language": "en"}))
    if not options.desks or PUBLIC in options.desks:
        _explore(shop, options.samples, begin=_sitemap(shop.client))
    if not desks and not shop.pages:
        raise Trouble("Nobody sits at any desk of this database; run heliu demo first.")
    for desk in desks:
        _explore(desk, options.samples)
        if not desk.pages:
            raise Trouble(f"Nobody can sit down at the desk of {desk.role}: --demo or --install?")
    desks += [shop] if shop.pages else []  # where a seller shows goods to everybody
    memory.settle()  # as a server does
    with report.progress(sum(len(desk.pages) for desk in desks)) as step:
        for desk in desks:
            for route, addresses in sorted(desk.pages.items()):
                step(f"{desk.role.lower()}: {route}")
                _measure(ground, report, options, desk, route, addresses)
            if desk.role == "DEALER" and options.queries:
                step("dealer: search")
                _search(ground, report, options, desk)
    report.facts["pages"] = len(report.rows)
    report.facts["slowest_p95_ms"] = max(round(row.median.p95_ms, 1) for row in report.rows)


def _people(ground: Ground) -> list[tuple[str, UUID, UUID]]:
    with ground.link() as link:
        return list(link.execute(WHO))


def _signed_in(user: UUID, org: UUID) -> Client:
    client = Client(headers={"host": "localhost", "accept-language": "en"})
    client.force_login(User.objects.get(pk=user))
    session = client.session
    session[DESK] = str(org)
    session.save()
    return client


def _sitemap(client: Client) -> list[str]:
    """The public pages, as the sitemaps of the index name them."""
    index = LOCATION.findall(client.get("/sitemap.xml").content.decode())
    return [page for one in index for page in LOCATION.findall(client.get(one).content.decode())]


def _explore(desk: Desk, samples: int, begin: Sequence[str] = ("/",)) -> None:
    """Follow links from the desk's home; of each route the first so many addresses are kept."""
    waiting, seen = list(begin), set(begin)
    while waiting:
        address = waiting.pop(0)
        route = _route(address)
        if route is None or len(desk.pages.get(route, ())) >= samples:
            continue
        answer = desk.client.get(address)
        if 300 <= answer.status_code < 400:
            found = [answer.headers["Location"]]
        elif answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            desk.pages.setdefault(route, []).append(address)
            found = [link.replace("&amp;", "&") for link in LINK.findall(answer.content.decode())]
        elif answer.status_code >= 400:
            raise Trouble(f"{desk.role} is led to {address}, which answers {answer.status_code}.")
        else:
            continue
        for link in found:
            if link.startswith("/") and link not in seen:
                seen.add(link)
                waiting.append(link)


def _route(address: str) -> str | None:
    """The name of the route of a page; None for what is none."""
    try:
        found = resolve(address.partition("?")[0])
    except Resolver404:
        return None
    return None if found.url_name in NOT_PAGES or not found.url_name else found.url_name


def _search(ground: Ground, report: Report, options: Options, desk: Desk) -> None:
    """Look for each of the queries once in a round, so that each is new to the page."""
    row, meter, counts = report.row("dealer: search", unit="pages/s"), ground.meter(), [0]
    addresses = [f"/dealer/catalogue?{urlencode({'q': query})}" for query in options.queries]
    for _ in range(options.rounds):
        took: list[float] = []
        used = time.process_time()
        meter.start()
        for address in addresses:
            with _counted() as asked:
                began = time.perf_counter()
                answer = desk.client.get(address)
                took.append(time.perf_counter() - began)
            counts.append(asked[0])
            if answer.status_code != 200:
                raise Trouble(f"{address} answered {answer.status_code}.")
        seconds, spent = meter.stop(generator=0.0)
        row.add(Round(seconds, took, Spent(time.process_time() - used, spent.postgres, 0.0)))
    report.facts["queries_dealer_search"] = max(counts)


def _measure(
    ground: Ground, report: Report, options: Options, desk: Desk, route: str, addresses: list[str]
) -> None:
    row = report.row(f"{desk.role.lower()}: {route}", unit="pages/s")
    meter, counts = ground.meter(), []
    for address in addresses:
        with _counted() as asked:
            desk.client.get(address)
        counts.append(asked[0])
    for _ in range(options.rounds):
        took: list[float] = []
        used = time.process_time()
        meter.start()
        while len(took) < options.reads * len(addresses) or time.process_time() - used < LEAST:
            for address in addresses:
                began = time.perf_counter()
                answer = desk.client.get(address)
                took.append(time.perf_counter() - began)
                if answer.status_code != 200:
                    raise Trouble(f"{address} answered {answer.status_code}.")
        seconds, spent = meter.stop(generator=0.0)
        row.add(Round(seconds, took, Spent(time.process_time() - used, spent.postgres, 0.0)))
    report.facts[f"queries_{desk.role.lower()}_{route}"] = max(counts)


@contextmanager
def _counted() -> Iterator[list[int]]:
    """How many statements are sent to the database."""
    asked = [0]

    def count(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        asked[0] += 1
        assert callable(execute)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield asked

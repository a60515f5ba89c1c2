"""The bank's answer to an order: what it takes inside the product, and over HTTP."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from heliu.capital.credit.models import CreditAssessment
from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_for_token
from heliu.kernel.access.door import acting_for
from heliu.trade import previewing
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.crew import Act, crew
from heliu_bench.generator import Job
from heliu_bench.ground import Ground
from heliu_bench.load import fire
from heliu_bench.market import Market
from heliu_bench.measure import percentile
from heliu_bench.report import Report

MOST = 60  # pieces of a line: an order of about 40,000 yuan at the most
LINES = 10


@dataclass(frozen=True)
class Options:
    """What was asked for; `dealers` have a history and an account at the bank."""

    clients: Sequence[int]
    seconds: float
    rounds: int
    dealers: int
    skus: int
    port: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """Previews in our own processes and over HTTP; then financed orders, whose decisions tell
    themselves how long they took. Raises `Trouble` when something was refused or not decided."""
    report.say(f"{options.dealers} dealers with two years of orders")
    grounds.fresh_database(ground)
    market = markets.lay(
        ground, dealers=options.dealers, skus=options.skus, at=clock.now(), on_terms=False
    )
    markets.finance(market, options.dealers, at=clock.now())
    with ground.link() as link:
        link.execute("vacuum analyze")
    _require_offer(market)
    install.disconnect()
    _inside(ground, report, options, market)
    log = settings.DATA / "log" / "bench.log"
    with grounds.serving(ground, port=options.port, workers=1, log=log) as (address, meter):
        where = urlsplit(address)
        assert where.hostname is not None
        assert where.port is not None
        for name, path, good, pay_by in (
            ("preview over HTTP", "/api/v1/orders/preview", 200, ()),
            ("financed order over HTTP", "/api/v1/orders", 201, ("FINANCE",)),
        ):
            bodies = markets.bodies(market, 2_000, pay_by=pay_by, most=MOST)
            for clients in options.clients:
                row = report.row(name, clients=clients, unit="answers/s")
                for number in range(-1, options.rounds):
                    job = Job(
                        host=where.hostname, port=where.port, path=path, clients=clients,
                        seconds=options.seconds if number >= 0 else 0.5,
                        tokens=list(market.tokens), bodies=bodies,
                    )  # fmt: skip
                    answered = fire(job, meter, good=good)
                    if answered.round.failed:
                        raise Trouble(f"{name}: {next(iter(answered.wrong), 'no answer')}")
                    if number >= 0:
                        row.add(answered.round)
                if pay_by:
                    _recorded(report, clients)


def _inside(ground: Ground, report: Report, options: Options, market: Market) -> None:
    """The preview as the web role calls it, door and all, without HTTP."""
    row = report.row("preview inside", clients=1, unit="previews/s")
    with crew(1, role="web") as people, report.progress(options.rounds) as step:
        for number in range(-1, options.rounds):
            made = people.work(
                previewer, market.tokens, market.seller, market.skus,
                hands=1, seconds=options.seconds, meter=ground.meter(),
            )  # fmt: skip
            if number >= 0:
                step(row.name)
                row.add(made)


def previewer(number: int, tokens: Sequence[str], seller: UUID, skus: Sequence[UUID]) -> Act:
    """Previews an order of ten lines for one dealer after the other."""
    choose = random.Random(number)  # noqa: S311
    actors: list[Actor] = [actor_for_token(token, at=clock.now()) for token in tokens]

    def act() -> int:
        actor = choose.choice(actors)
        lines = [(sku, choose.randint(1, MOST)) for sku in choose.sample(skus, LINES)]
        with acting_for(actor.orgs):
            seen = previewing.preview(actor=actor, seller=seller, lines=lines, at=clock.now())
        if seen.offer is None or not seen.offer.grid:
            raise Trouble("The preview came without an offer of the bank.")
        return 1

    return act


def _require_offer(market: Market) -> None:
    """The bank must say yes, or what is timed is not a decision to lend."""
    actor, at = actor_for_token(market.tokens[0], at=clock.now()), clock.now()
    lines = [(sku, MOST) for sku in market.skus[:LINES]]
    offer = previewing.preview(actor=actor, seller=market.seller, lines=lines, at=at).offer
    if offer is None or offer.is_declined or offer.is_referred:
        raise Trouble(f"The bank does not lend to the bench's dealers: {offer and offer.decision}.")


def _recorded(report: Report, clients: int) -> None:
    """What the decisions of so many clients, the last ones, wrote down about themselves: features,
    rules, score and record."""
    before = sum(int(told) for name, told in report.facts.items() if name.endswith("_recorded"))
    took = CreditAssessment.objects.order_by("id").values_list("milliseconds", flat=True)
    values = [float(one) for one in took[before:]]
    if not values:
        raise Trouble("No decision was recorded.")
    report.facts |= {
        f"decisions_of_{clients}_recorded": len(values),
        f"decision_of_{clients}_p50_ms": round(percentile(values, 0.5), 2),
        f"decision_of_{clients}_p99_ms": round(percentile(values, 0.99), 2),
    }

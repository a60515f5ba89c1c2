"""`heliu demo`: set the chain up once, run a pledged order over real HTTP, show every desk."""

from __future__ import annotations

import difflib
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import httpx
from django.db import transaction

from heliu.capital.bank.models import AccountKind, BankAccount
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.demo import chain as chains
from heliu.demo import sample, states
from heliu.demo.baskets import favourites
from heliu.demo.chain import SYSTEM, Chain
from heliu.demo.options import Options, Served
from heliu.demo.outcome import Document, outcome_of
from heliu.demo.seed import seed
from heliu.demo.stage import Stage
from heliu.demo.telling import Teller
from heliu.demo.walk import Hand, Walk, stopped
from heliu.kernel import clock
from heliu.kernel.access import operations as access
from heliu.kernel.access.models import User
from heliu.kernel.clock import day_of
from heliu.kernel.parties.models import Organization

DEALER = "D001"
NEAR = 5  # names to show for one that nobody bears
SECONDS = 60  # for one answer; the machine may be busy


def main(options: Options) -> None:
    """The whole demo. Ends with 1 (`SystemExit`, `Refused`) unless the deal is closed and all is
    sound; without `once` it serves until it is stopped."""
    if options.json is not None and not options.json.resolve().parent.is_dir():
        raise stopped(f"There is no folder {options.json.resolve().parent} to write to.")
    began = time.monotonic()
    tell = Teller()
    if options.hour is not None:
        clock.wind_to(options.hour)
    at = clock.now()
    chain = _set_up(tell, at)
    tell.attribution(sample.RATE)
    buyer = find_dealer(options.dealer or DEALER, chain.dealers.values())
    code = buyer.code.upper()
    shelves = favourites(buyer=buyer.id, seller=chain.seller, at=at)
    with transaction.atomic():
        tokens = {
            "dealer": _token(chains.owner_of(chain, code), buyer.id, at),
            **{desk: _desk_token(chain, desk, at) for desk in ("seller", "warehouse", "bank")},
        }
    with (
        options.serving() as served,
        httpx.Client(base_url=f"{served.address}/api/v1", timeout=SECONDS, trust_env=False) as web,
    ):
        hands = {desk: Hand(web, token) for desk, token in tokens.items()}
        with tell.walking(buyer, len(options.repay)) as told:
            walk = Walk(hands["dealer"], hands["seller"], hands["warehouse"], chain.seller, told)
            walk.go(shelves, quantity=options.quantity, repay=options.repay)
        outcome = outcome_of(
            walk,
            books={desk: hands[desk] for desk in ("dealer", "seller", "bank")},
            buyer={"code": code, "name": buyer.name, "name_zh": buyer.name_zh},
            seconds=time.monotonic() - began,
        )
        _tell(tell, outcome, options, served)


def find_dealer(wanted: str, ids: Iterable[UUID]) -> Organization:
    """The dealer of this code or name, Chinese or English, whole or in part.

    Raises `Refused` with the nearest names when there is none, or more than one.
    """
    dealers = list(Organization.objects.filter(id__in=list(ids)).order_by("code"))
    named = [(name, dealer) for dealer in dealers for name in _names(dealer)]
    asked = wanted.strip().casefold()
    for fits in (asked.__eq__, lambda name: asked in name):
        found = {dealer.id: dealer for name, dealer in named if asked and fits(name)}
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            raise stopped(f"Several dealers are called {wanted!r}: {_listed(found.values())}.")
    near = difflib.get_close_matches(asked, [name for name, _ in named], n=NEAR, cutoff=0.4)
    close = {dealer.id: dealer for like in near for name, dealer in named if name == like}
    shown = _listed(close.values() or dealers[:NEAR])
    raise stopped(f"No dealer is called {wanted!r}. Near to it: {shown}.")


def _names(dealer: Organization) -> list[str]:
    names = (
        dealer.code, dealer.name, dealer.name_zh, dealer.short_name, dealer.short_name_zh,
    )  # fmt: skip
    return [name.casefold() for name in names if name]


def _listed(dealers: Iterable[Organization]) -> str:
    return ", ".join(
        f"{dealer.short_name} {dealer.short_name_zh} ({dealer.code})"
        for dealer in list(dealers)[:NEAR]
    )


def _set_up(tell: Teller, at: datetime) -> Chain:
    """The chain, laid now or found as an earlier start left it."""
    chain = chains.find()
    if chain is None:
        with tell.busy() as say:
            chain = seed(sample.load(day_of(at)), at=at, say=say)
    else:
        _require_its_bank(chain)
        states.fresh_quote(Stage(chain, at))
    return chain


def _require_its_bank(chain: Chain) -> None:
    """Refuse to go on at another bank than the one where the chain's accounts were opened."""
    own = BankAccount.objects.get(org=chain.bank, kind=AccountKind.NOSTRO)
    if not sandbox.knows(own.number):
        raise stopped(
            "The accounts of this demonstration are at another bank.",
            "Set HELIU_DATA to another folder, or HELIU_BANK as it was.",
        )


def _desk_token(chain: Chain, desk: str, at: datetime) -> str:
    user = User.objects.get(username=chains.email_of(desk))
    return _token(user, getattr(chain, desk), at)


def _token(user: User, org: UUID, at: datetime) -> str:
    return access.issue_token(actor=SYSTEM, user=user, org=org, label="heliu demo", at=at)


def _tell(tell: Teller, outcome: Document, options: Options, served: Served) -> None:
    """Show what became of it, write it down, and keep serving or leave."""
    tell.outcome(outcome)
    if options.json is not None:
        options.json.write_text(json.dumps(outcome, ensure_ascii=False, indent=2) + "\n")
    tell.desks(served.address, User.objects.filter(is_demo=True).order_by("id"))
    is_well = outcome["is_closed"] and outcome["check"]["is_sound"]
    if not options.once:
        tell.serving(served.address, options.log)
        with suppress(KeyboardInterrupt):
            options.until_stopped(served)
    if not is_well:
        raise SystemExit(1)

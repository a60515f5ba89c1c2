"""`heliu demo --dealers N --years Y`: the demo's chain with a large data set beside it."""

from __future__ import annotations

import time

from heliu.cli.ground import require_bank_of_the_house, say
from heliu.cli.laws import tell


def large(dealers: int, years: int, orders: int) -> None:
    """Set the chain up, load the dealers and all they ordered, and check every law.

    Ends with 1 where a law is broken, or the chain was loaded before.
    """
    from django.conf import settings

    from heliu.config import install
    from heliu.config.postgres import Trouble
    from heliu.demo import chain as chains
    from heliu.demo import sample
    from heliu.demo.seed import seed
    from heliu.kernel import clock
    from heliu.kernel.clock import day_of
    from heliu_world.bulk.financed import live_through
    from heliu_world.bulk.load import load, look
    from heliu_world.bulk.plan import ORDERS_A_YEAR, Size, reliable

    require_bank_of_the_house()
    began = time.monotonic()

    def told(words: str) -> None:
        say(f"{time.monotonic() - began:7.1f} s  {words}")

    with install.database_running():
        install.make_roles()
        install.migrate()
        if chains.find() is not None:
            raise Trouble(f"There is a chain in {settings.DATA}: name another folder (HELIU_DATA).")
        at = clock.now()
        known = sample.load(day_of(at))
        chain = seed(known, at=at, say=told)
        size = Size(dealers, years, orders or ORDERS_A_YEAR)
        with install.as_role("owner"):
            count = load(chain, known, size, at=at, say=told)
        everybody = chains.find()
        assert everybody is not None
        live_through(everybody, reliable(known, size), size.financed, at=at, say=told)
        with install.as_role("owner"):
            look(told)
        told(f"{count:,} orders of {dealers:,} dealers are loaded; every law is checked")
        offenders = tell()
        told("Sound" if not offenders else f"{offenders} offenders")
    if offenders:
        raise SystemExit(1)

"""What must hold after whatever happened."""

from __future__ import annotations

from tests.trade.conftest import World

from heliu.capital.bank import operations as bank
from heliu.capital.bank import queries as bank_queries
from heliu.capital.bank.models import Statement
from heliu.capital.books import queries as books
from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries as lending
from heliu.capital.lending.models import Loan
from heliu.capital.registry import queries as registry
from heliu.capital.terms import queries as terms
from heliu.capital.vat import queries as vat_papers
from heliu.commerce.quotes import queries as quotes
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.posting import operations as posting
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.stock import queries as stock
from heliu.logistics.transport import queries as transport
from heliu.trade import sales, soundness, vat
from heliu.trade.models import Deal, Outcome

ROOMS = (
    posting, books, bank_queries, lending, credit, registry, stock, transport, pledges, sales,
    soundness, terms, vat, vat_papers, quotes,
)  # fmt: skip


def hold(world: World) -> None:
    """Every room's laws hold, every book balances, and the bank's statement is ours."""
    with world.worker():
        for room in ROOMS:
            assert room.check() == [], room.__name__
        for org in (world.chain.bank, world.chain.seller, *world.chain.dealers.values()):
            rows = books.trial_balance(Actor.system(), org=org)
            assert sum(row.debit - row.credit for row in rows) == 0
        for statement_day in {day_of(world.at)}:
            bank.reconcile_day(statement_day, world.at)
        over = Deal.objects.exclude(outcome=Outcome.OPEN).values("pk")
        kept = Loan.objects.filter(deal__in=over).exclude(unapplied=0, deposit_back=0)
        # Of a deal that is over the lender keeps no dealer's money that is not on its way back.
        assert [loan for loan in kept if not bank_queries.has_open(loan.deal)] == []
        assert [s.account.number for s in Statement.objects.all() if not s.is_tied] == []

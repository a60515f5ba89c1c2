"""Notices: what an organisation is told, in its reader's language.

The words stand here once, as English msgids; a notice keeps only its kind and the parameters. A
parameter that reads differently by language is kept as what it is, and put into words when read: a
party by its names, an amount in minor units with its currency, a state by its msgid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext, override, pgettext
from django.utils.translation import gettext_noop as N_

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.events.models import Notice
from heliu.kernel.language import is_chinese
from heliu.kernel.money import Money
from heliu.kernel.parties.models import Organization
from heliu.kernel.parties.names import Names

type Parameter = str | Money | Organization | Names | Promise

PARAMETER = re.compile(r"%\((\w+)\)s")
WORDS = {
    "order-placed": N_("New order %(number)s from %(buyer)s, %(amount)s"),
    "recurring-ordered": N_("%(list)s was ordered as planned: %(number)s"),
    "recurring-failed": N_("%(list)s could not be ordered as planned. %(reason)s"),
    "order-cancelled": N_("Order %(number)s was cancelled"),
    "seller-paid": N_("%(amount)s arrived for order %(number)s: ship to %(warehouse)s"),
    "bill-accepted": N_(
        "Bill %(bill)s of %(amount)s, due on %(due)s, was accepted for order %(number)s:"
        " ship to %(warehouse)s"
    ),
    "vat-issued": N_("VAT invoice %(invoice)s for %(number)s is issued"),
    "vat-red": N_("Red letter %(invoice)s for %(number)s is issued"),
    "vat-refused": N_("The tax authority refused the invoice for %(number)s: %(reason)s"),
    "goods-ready": N_("%(quantity)s pieces of %(number)s have come and are ready"),
    "lines-struck": N_("%(quantity)s pieces of %(number)s will not be delivered"),
    "goods-sent": N_("Goods of %(number)s are on the way to %(warehouse)s"),
    "carriage-given": N_("Goods to pick up: %(number)s, %(pieces)s pieces"),
    "carriage-went-wrong": N_("Goods of %(number)s on their way: %(what)s"),
    "carriage-settled": N_("Goods of %(number)s go on: settled (%(what)s)"),
    "delivery-proved": N_("Goods of %(number)s were handed over to %(receiver)s"),
    "goods-pledged": N_("Goods of %(number)s arrived at %(warehouse)s and are pledged"),
    "goods-short": N_("Goods of %(number)s came short: the others stay bound for now"),
    "not-shipped": N_("%(number)s was not shipped in time: the seller refunds what is missing"),
    "receipt-differs": N_("%(number)s arrived with %(short)s pieces short or damaged"),
    "receipt-differs-shown": N_(
        "%(number)s arrived with %(short)s pieces short or damaged (photos: %(photos)s)"
    ),
    "goods-released": N_("%(quantity)s pieces of %(number)s are released. Pick-up code %(code)s"),
    "release-ordered": N_("Release %(quantity)s pieces under pledge %(pledge)s"),
    "release-waits": N_("Goods of %(number)s worth %(amount)s come free when the bank agrees"),
    "loan-waits": N_("A financing request of %(borrower)s, %(amount)s, waits for a decision"),
    "loan-decided": N_("The bank decided on the financing of %(number)s: %(outcome)s"),
    "loan-due": N_("%(amount)s for %(number)s is due on %(due)s"),
    "loan-overdue": N_("%(amount)s for %(number)s is overdue since %(due)s"),
    "default-noticed": N_(
        "The bank gave notice of default on %(number)s: pay %(amount)s until %(day)s"
    ),
    "loan-enforced": N_("The bank enforces the loan for %(number)s"),
    "loan-written-off": N_("The bank has written off %(amount)s for %(number)s; it is still owed"),
    "resale-asked": N_("Find a buyer for the pledged goods of %(number)s: the bank sells them"),
    "sale-agreed": N_("The bank sells %(quantity)s pledged pieces of %(number)s for %(amount)s"),
    "sale-to-pay": N_("You buy %(quantity)s pieces, sale %(sale)s: pay %(amount)s"),
    "sale-called-off": N_("Sale %(sale)s was called off"),
    "goods-sold": N_("%(quantity)s pledged pieces of %(number)s were sold for %(amount)s"),
    "recovered": N_(
        "%(amount)s came for %(number)s, which was written off; %(left)s are still owed"
    ),
    "goods-given-back": N_(
        "%(quantity)s pledged pieces of %(number)s went back to the seller, who refunded %(amount)s"
    ),
    "recovered-by-duty": N_(
        "The seller paid %(amount)s for %(number)s, which was written off; it is owed to it now,"
        " %(left)s to the bank"
    ),
    "duty-left": N_("By your duty you still owe the bank %(amount)s for %(number)s"),
    "programme-agreed": N_("%(seller)s agreed to your programme: it is in force"),
    "programme-offered": N_("%(lender)s asks you to agree to a programme"),
    "programme-refused": N_("%(seller)s did not agree to your programme"),
    "stock-too-little": N_("%(number)s waits for more goods, worth %(amount)s to the bank"),
    "stock-paid-out": N_("%(amount)s were paid out to you, loan against stock %(number)s"),
    "stock-called-off": N_("The loan against stock %(number)s is called off; its goods come back"),
    "pool-warned": N_("The stock of %(number)s lost value: %(percent)s%% of it are owed"),
    "margin-called": N_(
        "Margin call on %(number)s: repay %(cash)s or bring goods worth %(goods)s by %(day)s"
    ),
    "call-cured": N_("Margin call %(call)s on %(number)s is cured"),
    "call-lapsed": N_("Margin call %(call)s on %(number)s was not cured in time"),
    "swap-refused": N_(
        "Goods brought for %(number)s are pledged; those to leave for them must stay"
    ),
    "exchange-agreed": N_("The bank lets goods of %(number)s go for others: send those now"),
    "exchange-declined": N_("The bank lets no goods of %(number)s go for others: %(reason)s"),
    "exchange-lapsed": N_("Nobody answered the exchange of goods of %(number)s in time"),
    "programme-changed": N_("%(lender)s finances your dealers in another way from now on"),
    "purchase-asked": N_("A purchase waits for agreement: %(number)s, %(amount)s"),
    "purchase-escalated": N_("A purchase waits too long for agreement: %(number)s, %(amount)s"),
    "purchase-placed": N_("All have agreed to %(number)s: it is ordered as %(order)s"),
    "purchase-stuck": N_("All have agreed to %(number)s, and it could not be ordered: look at it"),
    "purchase-refused": N_("%(number)s was not agreed to: %(reason)s"),
    "change-asked-of-house": N_("A change of order %(number)s waits for agreement, to %(amount)s"),
    "change-asked": N_("Order %(number)s is to be changed, to %(amount)s: agree or say no"),
    "order-changed": N_("Order %(number)s was changed and comes to %(amount)s"),
    "change-refused": N_("The change of order %(number)s was not agreed to: %(reason)s"),
    "change-withdrawn": N_("The change asked for of order %(number)s was withdrawn"),
    "change-expired": N_("Nobody answered the change of order %(number)s in time"),
    "purchase-expired": N_("Nobody agreed to %(number)s in time"),
    "behalf-changed": N_("%(person)s changed order %(number)s in your name"),
    "behalf-placed": N_("%(person)s ordered in your name: %(number)s, %(amount)s"),
    "mandate-asked": N_("%(person)s of %(seller)s asks to be allowed to order in your name"),
    "mandate-given": N_("%(buyer)s lets you order in its name"),
    "mandate-ended": N_("%(buyer)s no longer lets you order in its name"),
    "approval-asked": N_("Agreement is asked for on %(number)s, %(amount)s"),
    "bank-rejected": N_("The bank rejected the payment for %(number)s: %(reason)s"),
    "claim-found": N_("The register names another's claim on goods of %(number)s: entry %(entry)s"),
    "finding-made": N_("Something was found that speaks against financing %(number)s"),
    "filing-refused": N_("The registry refused the filing for %(number)s: %(reason)s"),
    "refund-asked": N_("A refund of %(amount)s for %(number)s is on its way to the bank"),
    "repaid": N_("Repayment of %(amount)s for %(number)s was booked"),
    "account-frozen": N_("Your supervised account %(account)s is frozen by order %(paper)s"),
    "account-freed": N_("Your supervised account %(account)s is free again by %(paper)s"),
    "freeze-lifted": N_(
        "One order on your supervised account %(account)s is lifted by %(paper)s; another holds it"
    ),
    "payments-stopped": N_("Payments for %(number)s wait: the account they pass is frozen"),
    "payments-go-on": N_("Payments for %(number)s go on"),
    "reckoned-anew": N_(
        "Payments on %(number)s were reckoned anew from %(day)s: look at what stands"
    ),
    "value-day-corrected": N_("A payment of %(amount)s for %(number)s now counts from %(day)s"),
    "payment-taken-back": N_("Your payment of %(amount)s for %(number)s was taken back"),
    "period-closed": N_("The books of %(month)s are closed"),
    "period-reopened": N_("The books of %(month)s are open again: %(reason)s"),
    "deposit-wanted": N_(
        "Pay %(amount)s for %(number)s to account %(account)s by %(day)s and name %(loan)s"
    ),
    "deposit-missed": N_("%(number)s is called off: %(amount)s of its deposit did not come"),
    "overpaid-returned": N_("%(amount)s paid too much for %(number)s came back"),
    "terms-paid": N_("%(amount)s paid for %(number)s was written down by the seller"),
    "invoice-issued": N_("Invoice %(invoice)s for %(number)s: %(amount)s, due on %(due)s"),
    "terms-payment": N_("%(seller)s wrote down your payment %(number)s of %(amount)s"),
    "terms-payment-taken-back": N_(
        "%(seller)s took payment %(number)s of %(amount)s back: it was written down by mistake"
    ),
    "credit-note": N_("%(seller)s credited %(amount)s on invoice %(invoice)s"),
    "invoice-disputed": N_("%(buyer)s disputes %(amount)s of invoice %(invoice)s"),
    "terms-due": N_("%(amount)s for %(seller)s is due soon, the first on %(due)s"),
    "terms-late": N_("%(amount)s for %(seller)s is overdue, the oldest since %(due)s"),
    "terms-late-stopped": N_(
        "%(amount)s for %(seller)s is overdue since %(due)s: orders on terms are stopped"
    ),
    "terms-claimed": N_(
        "%(seller)s claims %(amount)s, overdue since %(due)s: pay, or it goes to law"
    ),
    "terms-stopped": N_("Orders of %(buyer)s on terms are stopped: it is overdue"),
    "terms-pass": N_("%(seller)s lets you order on terms until %(until)s"),
    "terms-written-off": N_(
        "%(seller)s has written off %(amount)s for %(number)s; it is still owed"
    ),
    "pay-out-corrected": N_(
        "The %(amount)s of %(number)s were paid out on %(day)s: interest counts from there"
    ),
    "money-unplaced": N_("%(amount)s came from %(payer)s and names no loan: %(reference)s"),
    "money-withdrawn": N_(
        "The bank takes back %(amount)s from %(payer)s, told by mistake: %(reference)s"
    ),
    "money-missing": N_(
        "The bank takes back %(amount)s from %(payer)s that were used already: %(reference)s"
    ),
    "money-in-suspense": N_("%(amount)s came from %(payer)s and fits no invoice: %(reference)s"),
    "money-back-noted": N_("%(amount)s back for %(number)s was written down by the seller"),
    "money-back-withdrawn": N_(
        "%(amount)s back for %(number)s was written down by mistake: the seller still owes it"
    ),
    "deal-closed": N_("Deal %(number)s is closed"),
    "webhook-paused": N_("Webhook %(name)s is paused: %(host)s took nothing for three days"),
    "webhook-ended": N_("Webhook %(name)s has ended: %(host)s says that it is gone"),
    "application-waits": N_("%(company)s wants to join and waits for a decision"),
    "application-more": N_("Before you are admitted, something is asked for: %(reason)s"),
    "application-denied": N_("You were not admitted: %(reason)s"),
    "house-admitted": N_("%(company)s is admitted; sellers to order from: %(sellers)s"),
    "colleague-asks": N_("%(person)s (%(email)s) asks to work with you"),
    "house-stands": N_("Your company stands as %(standing)s from now on: %(reason)s"),
    "newcomer-terms": N_(
        "%(seller)s lets you order on terms: up to %(amount)s, due %(days)s days after shipment"
    ),
    "newcomer-related": N_("%(buyer)s has joined and may order from you"),
    "budget-passed": N_("Budget %(budget)s is passed: %(taken)s ordered, %(amount)s planned"),
    "trade-asked": N_("%(buyer)s asks to trade with you"),
    "trade-agreed": N_("%(seller)s takes you: its goods and your prices are open"),
    "trade-refused": N_("%(seller)s does not trade with you: %(reason)s"),
    "currency-set": N_("%(seller)s trades with you in %(currency)s from now on."),
    "contract-offered": N_("%(seller)s offers you contract %(code)s"),
    "contract-asked": N_("%(seller)s asks you about a change of contract %(code)s"),
    "contract-taken-back": N_("%(seller)s takes back what you were asked about contract %(code)s"),
    "contract-prices-fall": N_("%(seller)s lowers prices of contract %(code)s from %(day)s on"),
    "contract-agreed": N_("%(buyer)s agrees to contract %(code)s"),
    "contract-refused": N_("%(buyer)s refuses contract %(code)s"),
    "contract-change-agreed": N_("%(buyer)s agrees to the change of contract %(code)s"),
    "contract-change-refused": N_("%(buyer)s refuses the change of contract %(code)s"),
    "case-opened": N_("%(buyer)s opened case %(case)s on %(number)s: %(kind)s"),
    "case-due": N_("Case %(case)s of %(buyer)s: promised by %(by)s"),
    "case-late": N_("Case %(case)s of %(buyer)s is overdue: promised by %(by)s"),
    "case-moved": N_("Case %(case)s: %(status)s"),
    "quote-asked": N_("%(buyer)s asks for a quote: %(number)s"),
    "quote-offered": N_("%(seller)s offers %(amount)s under quote %(number)s, until %(day)s"),
    "quote-offer-asked": N_("Agreement is asked for on %(number)s: an offer gives %(amount)s away"),
    "quote-offer-agreed": N_("All have agreed to the offer on %(number)s: it is made"),
    "quote-offer-refused": N_("The offer on %(number)s was not agreed to: %(reason)s"),
    "quote-declined": N_("%(seller)s makes no offer under quote %(number)s: %(reason)s"),
    "quote-withdrawn": N_("%(buyer)s does not want quote %(number)s any more"),
    "quote-expired": N_("Quote %(number)s has run out"),
    "return-asked": N_("%(buyer)s asks for return %(return)s on %(number)s, %(amount)s"),
    "return-moved": N_("Return %(return)s: %(status)s"),
    "todo-given": N_("%(person)s gives you something to do: %(text)s"),
    "todo-due": N_("To be done by now: %(text)s"),
    "message-came": N_("%(person)s of %(house)s wrote about %(number)s"),
    "mentioned": N_("%(person)s mentioned you on %(number)s"),
}


class Told(NamedTuple):
    """Whom a notice is for, what fills its words, and where it leads; for one `person` alone if one
    is named."""

    org: UUID
    params: Mapping[str, Parameter]
    link: str
    person: UUID | None = None


def tell(
    org: UUID, kind: str, params: Mapping[str, Parameter], *, link: str, at: datetime
) -> Notice:
    """Put a notice into an organisation's inbox; a lazy parameter is a state's label."""
    [notice] = tell_all(kind, [Told(org, params, link)], at=at)
    return notice


def tell_all(kind: str, told: Iterable[Told], *, at: datetime) -> list[Notice]:
    """Put notices of one kind into inboxes, in one statement."""
    return Notice.objects.bulk_create(
        Notice(
            org=one.org,
            person=one.person,
            kind=kind,
            params=kept_as(kind, one.params),
            link=one.link,
            at=at,
        )
        for one in told
    )


def kept_as(kind: str, params: Mapping[str, Parameter]) -> dict[str, Any]:
    """The parameters of a notice as they are kept."""
    if missing := _parameters_of(kind) - params.keys():  # fails here, not at the reader's
        raise KeyError(*missing)
    return {name: _kept(value) for name, value in params.items()}


@cache
def _parameters_of(kind: str) -> frozenset[str]:
    return frozenset(PARAMETER.findall(WORDS[kind]))


def words(notice: Notice) -> str:
    """The notice in the language active now."""
    return str(gettext(WORDS[notice.kind]) % filled(notice))


def filled(notice: Notice) -> dict[str, str]:
    """What the words are filled with, in the language active now."""
    return {name: _said(value) for name, value in notice.params.items()}


def _kept(value: Parameter) -> Any:
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, Organization | Names):
        return {
            "name": value.short_in(chinese=False),
            "name_zh": value.short_in(chinese=True),
        }
    if isinstance(value, Promise):
        with override(None):  # so that the msgid itself comes out
            return {"msgid": str(value)} | _context_of(value)
    return value


def _context_of(word: Promise) -> dict[str, str]:
    """Which of several meanings a word has that was marked with `pgettext_lazy`."""
    match getattr(word, "_args", ()):
        case (str(context), str()):
            return {"context": context}
    return {}


def _said(kept: Any) -> str:
    match kept:
        case {"minor": minor, "currency": currency}:
            return Money(minor, currency).spoken()
        case {"name": name, "name_zh": name_zh}:
            return str(name_zh if is_chinese() else name)
        case {"msgid": msgid, "context": context}:
            return pgettext(context, msgid)
        case {"msgid": msgid}:
            return gettext(msgid)
    return str(kept)


def mark_read(notice_id: UUID, *, actor: Actor, at: datetime) -> Notice:
    """Somebody of the organisation has read it."""
    mine = Q(person=None) | Q(person=actor.user_id)
    notice = Notice.objects.filter(mine, pk=notice_id, org__in=actor.orgs).first()
    if notice is None:
        raise NotFound()
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice


def seen(actor: Actor, *, kinds: Iterable[str], link: str, at: datetime) -> int:
    """Somebody has looked at what notices of these kinds lead to: they count as read."""
    mine = Q(person=None) | Q(person=actor.user_id)
    found = Notice.objects.filter(mine, org__in=actor.orgs, kind__in=list(kinds), link=link)
    return found.filter(read_at=None).update(read_at=at)

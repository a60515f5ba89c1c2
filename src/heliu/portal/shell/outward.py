"""What leaves the inbox: which notices by mail, by SMS and on devices, and how to have no more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from heliu.kernel.dispatch import operations, policies, push, queries
from heliu.kernel.errors import NotFound, Refused
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show

LAST = 10
HOURS = tuple(range(24))
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
# What each kind is about; a notice's own words want their parameters.
TITLES = {
    "order-placed": N_("An order comes in"),
    "recurring-ordered": N_("A recurring order was placed"),
    "recurring-failed": N_("A recurring order could not be placed"),
    "order-cancelled": N_("An order is cancelled"),
    "change-asked-of-house": N_("A change of an order waits for agreement"),
    "change-asked": N_("A buyer wants an order changed"),
    "order-changed": N_("An order was changed"),
    "change-refused": N_("A change of an order was not agreed to"),
    "change-withdrawn": N_("A change of an order was withdrawn"),
    "change-expired": N_("Nobody answered a change in time"),
    "behalf-changed": N_("Somebody changed an order in your name"),
    "behalf-placed": N_("Somebody ordered in your name"),
    "mandate-asked": N_("A seller asks to order in your name"),
    "mandate-given": N_("A customer lets you order in its name"),
    "mandate-ended": N_("A customer no longer lets you order in its name"),
    "seller-paid": N_("Money for an order arrived"),
    "bill-accepted": N_("A bill for an order was accepted"),
    "vat-issued": N_("A VAT invoice is issued"),
    "vat-red": N_("A red letter is issued"),
    "vat-refused": N_("A VAT invoice is refused"),
    "goods-ready": N_("Goods you waited for are ready"),
    "lines-struck": N_("Goods of an order will not be delivered"),
    "goods-sent": N_("Goods are on the way"),
    "carriage-given": N_("Goods are to be carried"),
    "carriage-went-wrong": N_("Something went wrong on the way"),
    "carriage-settled": N_("What went wrong on the way is settled"),
    "delivery-proved": N_("Delivery is proved"),
    "goods-pledged": N_("Goods are pledged"),
    "goods-short": N_("Goods stay bound, because others came short"),
    "not-shipped": N_("Order not shipped in time"),
    "receipt-differs": N_("Goods arrived short or damaged"),
    "receipt-differs-shown": N_("Goods arrived short or damaged, with photos"),
    "goods-released": N_("Goods are released, with the pick-up code"),
    "release-ordered": N_("Goods are to be given out"),
    "release-waits": N_("A release of goods waits for the bank"),
    "loan-waits": N_("A financing request waits for a decision"),
    "loan-decided": N_("The bank decided on a financing request"),
    "loan-due": N_("A loan is due soon"),
    "loan-overdue": N_("A loan is overdue"),
    "default-noticed": N_("Notice of default"),
    "loan-enforced": N_("The bank enforces a loan"),
    "loan-written-off": N_("The bank has written a loan off"),
    "resale-asked": N_("Help is asked for to sell pledged goods"),
    "sale-agreed": N_("The sale of pledged goods is agreed"),
    "sale-to-pay": N_("Goods you have bought are to be paid for"),
    "sale-called-off": N_("A sale of pledged goods is called off"),
    "goods-sold": N_("Pledged goods were sold"),
    "goods-given-back": N_("Pledged goods went back to the seller"),
    "recovered-by-duty": N_("The seller paid for a loan that was written off"),
    "duty-left": N_("Something is still owed by your duty"),
    "recovered": N_("Money came for a loan that was written off"),
    "claim-found": N_("Another's claim stands in the register"),
    "finding-made": N_("Something was found that speaks against a financed order"),
    "filing-refused": N_("The registry refused a filing"),
    "programme-agreed": N_("A seller agreed to a programme"),
    "programme-offered": N_("A bank offers a programme"),
    "programme-refused": N_("A seller refused a programme"),
    "stock-too-little": N_("More goods are wanted before a loan is paid out"),
    "stock-paid-out": N_("A loan against stock is paid out"),
    "stock-called-off": N_("A loan against stock is called off"),
    "pool-warned": N_("Pledged stock lost value"),
    "margin-called": N_("Margin call"),
    "call-cured": N_("A margin call is cured"),
    "call-lapsed": N_("A margin call was not cured in time"),
    "swap-refused": N_("Goods to be exchanged must stay"),
    "exchange-agreed": N_("The bank lets pledged goods go for others"),
    "exchange-declined": N_("The bank lets no pledged goods go for others"),
    "exchange-lapsed": N_("Nobody answered an exchange of goods in time"),
    "programme-changed": N_("Your dealers are financed in another way"),
    "approval-asked": N_("Agreement is asked for"),
    "purchase-asked": N_("A purchase waits for agreement"),
    "purchase-escalated": N_("A purchase waits too long"),
    "purchase-placed": N_("A purchase was agreed to and ordered"),
    "purchase-stuck": N_("A purchase was agreed to and not ordered"),
    "purchase-refused": N_("A purchase was not agreed to"),
    "purchase-expired": N_("A purchase was not agreed to in time"),
    "bank-rejected": N_("The bank rejected a payment"),
    "refund-asked": N_("A refund is on its way"),
    "repaid": N_("A repayment was booked"),
    "reckoned-anew": N_("Payments were reckoned anew, and something stands"),
    "value-day-corrected": N_("The value day of a payment was corrected"),
    "payment-taken-back": N_("A payment was taken back"),
    "account-frozen": N_("A supervised account is frozen"),
    "account-freed": N_("A supervised account is free again"),
    "freeze-lifted": N_("An order on a supervised account is lifted"),
    "payments-stopped": N_("Payments wait for a frozen account"),
    "payments-go-on": N_("Payments go on"),
    "period-closed": N_("A month of the books is closed"),
    "period-reopened": N_("A month of the books is open again"),
    "deposit-wanted": N_("The deposit is to be paid in"),
    "deposit-missed": N_("The deposit did not come in time"),
    "overpaid-returned": N_("Money paid too much came back"),
    "terms-paid": N_("A payment on terms was written down"),
    "invoice-issued": N_("An invoice on terms was issued"),
    "terms-payment": N_("A payment for several invoices was written down"),
    "terms-payment-taken-back": N_("A payment was taken back"),
    "credit-note": N_("An invoice was credited"),
    "invoice-disputed": N_("An invoice is disputed"),
    "terms-due": N_("An invoice is due soon"),
    "terms-late": N_("An invoice is overdue"),
    "terms-late-stopped": N_("Orders on terms are stopped for you"),
    "terms-claimed": N_("The seller claims what is overdue"),
    "terms-stopped": N_("Orders of a buyer on terms are stopped"),
    "terms-pass": N_("The seller lets you order on terms"),
    "terms-written-off": N_("The seller has written an invoice off"),
    "money-unplaced": N_("Money came that names no loan"),
    "pay-out-corrected": N_("A loan was paid out on another day"),
    "money-withdrawn": N_("Money was told by mistake"),
    "money-missing": N_("Money that was used was told by mistake"),
    "money-in-suspense": N_("Money came that fits no invoice"),
    "money-back-withdrawn": N_("Money back was written down by mistake"),
    "money-back-noted": N_("Money back was written down"),
    "deal-closed": N_("A deal is closed"),
    "webhook-paused": N_("A webhook is paused"),
    "webhook-ended": N_("A webhook has ended"),
    "application-waits": N_("A newcomer waits for a decision"),
    "application-more": N_("Something is asked for before you are admitted"),
    "application-denied": N_("You were not admitted"),
    "house-admitted": N_("You are admitted"),
    "colleague-asks": N_("Somebody asks to work with you"),
    "house-stands": N_("Your company is suspended, or let in again"),
    "newcomer-terms": N_("A seller lets you order on terms"),
    "newcomer-related": N_("A new dealer may order from you"),
    "budget-passed": N_("A budget that warns is passed"),
    "trade-asked": N_("A dealer asks to trade with you"),
    "trade-agreed": N_("A seller you asked takes you"),
    "trade-refused": N_("A seller you asked does not take you"),
    "currency-set": N_("A seller sets the currency in which you trade"),
    "contract-offered": N_("A seller offers a contract"),
    "contract-asked": N_("A seller asks for a change of a contract"),
    "contract-taken-back": N_("A seller takes a contract's question back"),
    "contract-prices-fall": N_("Prices of a contract fall"),
    "contract-agreed": N_("A contract is agreed to"),
    "contract-refused": N_("A contract is refused"),
    "contract-change-agreed": N_("A change of a contract is agreed to"),
    "contract-change-refused": N_("A change of a contract is refused"),
    "case-opened": N_("A case is opened"),
    "case-due": N_("What was promised about a case is due soon"),
    "case-late": N_("What was promised about a case is overdue"),
    "case-moved": N_("A case goes on"),
    "quote-asked": N_("A dealer asks for a quote"),
    "quote-offered": N_("A seller offers prices under a quote"),
    "quote-offer-asked": N_("Agreement is asked for on a low offer"),
    "quote-offer-agreed": N_("A low offer is agreed to"),
    "quote-offer-refused": N_("A low offer is not agreed to"),
    "quote-declined": N_("A seller makes no offer under a quote"),
    "quote-withdrawn": N_("A quote is not wanted any more"),
    "quote-expired": N_("A quote has run out"),
    "return-asked": N_("A return is asked for"),
    "return-moved": N_("A return goes on"),
    "todo-given": N_("A colleague gives you something to do"),
    "todo-due": N_("Something you are to do is due"),
    "message-came": N_("Another house wrote about a record"),
    "mentioned": N_("A colleague mentioned you"),
}


@require_http_methods(["GET", "POST"])
@desk_page
def outward(request: HttpRequest) -> HttpResponse:
    """One's own wishes at this desk, and what was sent last."""
    actor = actor_of(request)
    choices = queries.choices_of(actor, queries.wishes_of(actor))

    def do() -> str:
        posted = request.POST
        operations.wish(
            actor=actor,
            mail=posted.get("mail", ""),
            phone=posted.get("phone", ""),
            quiet_from=_hour(posted.get("quiet_from", "")),
            quiet_to=_hour(posted.get("quiet_to", "")),
            kinds={
                choice.kind: (f"mail-{choice.kind}" in posted, f"sms-{choice.kind}" in posted)
                for choice in choices
            },
        )
        say(request, _("Saved."))
        return reverse("outward")

    answer: HttpResponse | None = None
    refusal: Refused | None = None
    if request.method == "POST":
        answer, refusal = attempt(request, lambda: deed(request, do))
    return answer or _page(request, refusal)


def _page(request: HttpRequest, refusal: Refused | None) -> HttpResponse:
    actor = actor_of(request)
    reach, choices = queries.reach_of(actor), queries.choices_of(actor, queries.wishes_of(actor))
    rows = [(choice, title_of(choice.kind)) for choice in choices]
    context = {
        "reach": reach,
        "phone": request.POST.get("phone", reach.phone),
        "mails": queries.MAILS,
        "hours": HOURS,
        "often": [row for row in rows if row[0].is_theirs],
        "seldom": [row for row in rows if not row[0].is_theirs],
        "address": request.user.get_username(),
        "letters": [(one, title_of(one.kind)) for one in queries.letters_of(actor)[:LAST]],
        "sandbox": list(queries.sandbox_sms_of(actor)[:LAST]) if _is_sandbox() else [],
        "is_sandbox": _is_sandbox(),
        "devices": list(queries.devices_of(actor)),
        "push_key": push.public_key(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/outward.html", context, here="inbox", status=status)


@require_POST
@desk_page
def device_add(request: HttpRequest) -> HttpResponse:
    """The device before which one sits shows the notices of this desk."""
    actor, at = actor_of(request), now(request)
    posted = request.POST

    def do() -> str:
        operations.add_device(
            posted.get("endpoint", ""),
            public=posted.get("public", ""),
            secret=posted.get("secret", ""),
            name=device_name(request.headers.get("User-Agent", "")),
            actor=actor,
            at=at,
        )
        say(request, _("This device shows your notices from now on."))
        return reverse("outward")

    answer, refusal = attempt(request, lambda: deed(request, do))
    return answer or _page(request, refusal)


@require_POST
@desk_page
def device_drop(request: HttpRequest, device: UUID) -> HttpResponse:
    """One of one's devices shows nothing any more."""

    def do() -> str:
        operations.drop_device(device, actor=actor_of(request))
        say(request, _("The device shows no notices any more."))
        return reverse("outward")

    answer, refusal = attempt(request, lambda: deed(request, do))
    return answer or _page(request, refusal)


def device_name(agent: str) -> str:
    """What a person knows a device by: its browser and system, as the browser says itself."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)


@csrf_exempt  # a mail program posts by itself (RFC 8058); the token says whose mail it stops
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more mail, by the link in one, without signing in."""
    is_known, is_done = True, False
    try:
        if request.method == "POST":
            operations.stop_mail(token)
            is_done = True
        else:
            policies.read_stop_token(token)
    except NotFound:
        is_known = False
    context: dict[str, Any] = {"is_known": is_known, "is_done": is_done}
    return render(request, "shell/stop_mail.html", context, status=200 if is_known else 404)


def title_of(kind: str) -> str:
    """What a kind of notice is about; its name where it has no words yet."""
    return _(TITLES[kind]) if kind in TITLES else kind


def _hour(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 2 else -1


def _is_sandbox() -> bool:
    return bool(settings.HELIU_SMS == "heliu.kernel.dispatch.sandbox")

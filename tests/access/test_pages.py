"""Every page: by whoever it is for, then by a stranger, then by nobody.

The list is the product's own; an address with a name in it needs an example here.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from tests.access.conftest import RIVALS, Lived
from tests.conftest import be

from heliu.demo.chain import PEOPLE
from heliu.kernel.access.models import User
from heliu.kernel.access.request import DESK
from heliu.portal.urls import urlpatterns

# What stands in an address: the name of it in `Lived.there`.
NAMES = {
    "deal": {"ref": "pledged"},
    "offline": {"language": "open_language"},
    "deal_sign": {"ref": "to_sign"},
    "deal_repay": {"ref": "pledged"},
    "deal_set_off": {"ref": "on_margin"},
    "deal_default": {"ref": "late"},
    "deal_duty": {"ref": "forgone"},
    "sale": {"number": "sale_to_seller"},
    "freeze": {"number": "freeze"},
    "deal_settle": {"ref": "on_terms"},
    "deal_unrefund": {"ref": "refunded"},
    "deal_invoice": {"ref": "doubted"},
    "deal_findings_ask": {"ref": "doubted"},
    "deal_release_ask": {"ref": "held"},
    "bank_release_cap": {"programme": "open_programme"},
    "pool": {"number": "pool"},
    "pool_out": {"number": "pool"},
    "pool_bring": {"number": "pool"},
    "pool_swap": {"number": "pool"},
    "pool_call_off": {"number": "pool"},
    "deal_exchange": {"number": "pledged"},
    "deal_bring": {"number": "short"},
    "lodging_send": {"number": "pool", "lodging": "open_lodging"},
    "lodging_drop": {"number": "pool", "lodging": "open_lodging"},
    "dealer_stock_ask": {"programme": "open_stock_programme"},
    "bank_margins": {"programme": "open_stock_programme"},
    "deal_confirm": {"ref": "placed"},
    "deal_ship": {"ref": "to_ship"},
    "seller_supply_arrived": {"expected": "expected"},
    "seller_supply_postpone": {"expected": "expected"},
    "seller_supply_off": {"expected": "expected"},
    "vat_pdf": {"invoice": "vat_invoice"},
    "seller_vat_again": {"invoice": "vat_invoice"},
    "seller_vat_red": {"invoice": "vat_issued"},
    "deal_strike": {"ref": "placed"},
    "deal_cancel": {"ref": "placed"},
    "deal_change": {"ref": "placed"},
    "deal_change_answer": {"ref": "to_change"},
    "deal_agreement": {"ref": "pledged"},
    "deal_agreement_pdf": {"ref": "pledged"},
    "deal_statement_pdf": {"ref": "pledged"},
    "deal_payment_pdf": {"ref": "pledged", "place": "open_place"},
    "deal_receipt_pdf": {"ref": "pledged", "number": "receipt"},
    "bank_dealer_statement": {"code": "open_code"},
    "deal_receipt": {"ref": "pledged", "number": "receipt"},
    "file": {"file": "photo"},
    "approval": {"approval": "approval"},
    "purchase": {"number": "purchase"},
    "period": {"period": "period"},
    "bank_repayment": {"number": "repaid_payment"},
    "bank_pay_out_day": {"number": "pledged_loan"},
    "inbox_read": {"notice": "notice"},
    "device_drop": {"device": "device"},
    "conversation": {"kind": "open_kind", "ref": "placed_order"},
    "seller_sheet_export": {"kind": "open_sheet"},
    "message_take_back": {"message": "message"},
    "todo_from_message": {"message": "message"},
    "todo_act": {"todo": "todo"},
    "todo_change": {"todo": "todo"},
    "case": {"number": "case"},
    "case_new": {"order": "came_order"},
    "return": {"number": "return"},
    "return_new": {"order": "came_order"},
    "quote": {"number": "quote"},
    "quote_again": {"number": "quote_offered"},
    "withdraw_consent": {"disclosure": "consent"},
    "stop_mail": {"token": "open_token"},
    "saml_heard": {"house": "open_third_seller"},
    "saml_metadata": {"house": "open_third_seller"},
    "join_invited": {"token": "open_token"},
    "join_confirm": {"token": "open_token"},
    "join_colleague": {"token": "open_token"},
    "join_asking": {"token": "open_token"},
    "password_renew": {"token": "open_token"},
    "operator_newcomer": {"application": "open_application"},
    "webhook": {"webhook": "webhook"},
    "webhook_change": {"webhook": "webhook"},
    "webhook_act": {"webhook": "webhook"},
    "webhook_replay": {"webhook": "webhook"},
    "webhook_delivery": {"webhook": "webhook", "delivery": "open_delivery"},
    "dealer_code": {"number": "release"},
    "dealer_list": {"list_id": "list"},
    "dealer_list_drop": {"list_id": "list"},
    "dealer_recur": {"list_id": "list"},
    "dealer_recurring": {"recurring_id": "recurring"},
    "dealer_recurring_act": {"recurring_id": "recurring"},
    "address": {"address": "address"},
    "address_act": {"address": "address"},
    "addresses_sheet": {"file": "address_sheet"},
    "addresses_cancel": {"file": "address_sheet"},
    "addresses_bad": {"file": "address_sheet"},
    "dealer_again": {"number": "pledged_order"},
    "dealer_simulator": {"number": "pledged_loan"},
    "dealer_owed_seller": {"seller": "open_seller"},
    "dealer_account_statement": {"seller": "open_seller"},
    "dealer_dispute": {"number": "invoice"},
    "dealer_goods": {"sku": "restricted_sku"},
    "dealer_paper": {"paper": "paper"},
    "dealer_thumb": {"paper": "paper"},
    "seller_receivable": {"buyer": "dealer"},
    "seller_currency": {"dealer": "dealer"},
    "seller_account_statement": {"buyer": "dealer"},
    "seller_stop": {"buyer": "dealer"},
    "seller_let_pass": {"buyer": "dealer"},
    "seller_terms": {"buyer": "dealer"},
    "seller_terms_payment": {"buyer": "dealer"},
    "seller_take_back": {"number": "terms_payment"},
    "seller_credit_note": {"number": "invoice"},
    "seller_write_off": {"number": "invoice"},
    "seller_suspense_settle": {"row": "incoming"},
    "bank_suspense_settle": {"row": "unplaced"},
    "shop_home": {"lang": "open_language", "seller": "open_code"},
    "shop_category": {"lang": "open_language", "seller": "open_code", "code": "open_category"},
    "shop_goods": {"lang": "open_language", "seller": "open_code", "code": "open_category"},
    "shop_picture": {"digest": "open_token"},
    "seller_article": {"sku": "restricted_sku"},
    "seller_article_preview": {"sku": "restricted_sku"},
    "seller_paper": {"paper": "paper"},
    "seller_thumb": {"paper": "paper"},
    "seller_product": {"code": "product"},
    "seller_circle": {"code": "circle"},
    "seller_sheet": {"file": "sheet_file"},
    "seller_sheet_cancel": {"file": "sheet_file"},
    "seller_sheet_bad": {"file": "sheet_file"},
    "dealer_contract_decide": {"contract": "contract"},
    "dealer_contract_answer": {"change": "contract_change"},
    "seller_contract": {"contract": "contract"},
    "seller_price_list": {"code": "price_list"},
    "seller_version": {"code": "price_list"},
    "seller_price_list_give": {"code": "price_list"},
    "seller_price_bring": {"code": "price_list"},
    "seller_price_export": {"code": "price_list"},
    "seller_price_file": {"file": "price_file"},
    "seller_price_file_cancel": {"file": "price_file"},
    "seller_price_file_bad": {"file": "price_file"},
    "seller_promotion_stop": {"code": "promotion"},
    "seller_settle": {"count": "open_count"},
    "warehouse_count": {"number": "shipment"},
    "warehouse_lot": {"pk": "quiet_row"},
    "warehouse_reach": {"house": "open_house"},
    "seller_lot": {"pk": "free_row"},
    "warehouse_arrived": {"number": "shipment"},
    "carrier_carriage": {"number": "shipment"},
    "carrier_seen": {"number": "given"},
    "carrier_wrong": {"number": "given"},
    "carrier_settle": {"number": "shipment", "exception": "exception"},
    "carrier_hand_over": {"number": "shipment"},
    "bank_request": {"number": "to_decide_loan"},
    "bank_facility": {"number": "facility"},
    "bank_facility_switch": {"number": "facility"},
    "bank_facility_end": {"number": "facility"},
    "bank_programme": {"programme": "open_programme"},
    "bank_programme_draft": {"draft": "programme_draft"},
    "bank_programme_draft_act": {"draft": "programme_draft", "act": "open_act"},
    "seller_programme": {"draft": "programme_offer"},
    "bank_pay_again": {"number": "payment"},
    "bank_rule_set": {"number": "open_number"},
    "bank_registry_again": {"filing": "filing"},
    "bank_registry_decide": {"number": "claimed"},
    "operator_exception": {"number": "to_decide"},
    "operator_party": {"code": "open_code"},
}
# Pages that only do something, and are not looked at.
DEEDS = {
    "bank_programme_draft_act", "device_add", "device_drop",
    "message_take_back", "todo_from_message", "todo_act", "webhook_act", "webhook_replay", "sign_out", "switch_desk", "language", "theme", "density", "inbox_read_all", "inbox_read",
    "withdraw_consent", "dealer_cart", "dealer_pad_price", "dealer_pad_add", "dealer_list_new", "dealer_list_drop", "dealer_recurring_act", "deal_confirm", "deal_change_answer", "deal_findings_ask", "deal_release_ask", "seller_confirm", "seller_settle",
    "seller_stop", "seller_supply_off", "seller_vat_write", "seller_vat_again", "seller_take_back", "seller_version", "seller_price_bring",
    "seller_price_file_cancel", "seller_promotion_stop", "seller_goods_many",
    "seller_article_preview", "seller_quote_offer_usual", "seller_ring", "dealer_contract_decide", "dealer_contract_answer",
    "seller_sheet_bring", "seller_sheet_cancel", "address_act", "addresses_bring",
    "addresses_cancel",
    "lodging_drop", "warehouse_arrived", "bank_facility_switch", "bank_pay_again",
    "dealer_own_money", "behalf_leave", "passkey", "bank_registry_search", "bank_registry_again", "bank_registry_decide",
    "operator_check_now", "carrier_seen", "carrier_wrong", "carrier_settle", "carrier_hand_over",
    "clock", "demo_seat", "demo_clock",
}  # fmt: skip
PUBLIC = {
    "robots", "sitemaps", "sitemap_pages", "shop_home", "shop_category", "shop_goods", "shop_picture",
    "join_colleague", "join_by_domain", "join_asking", "forgotten", "password_renew",
    "home", "sign_in", "sign_in_second", "sign_in_passkey", "sign_in_sso", "sign_in_sso_back", "saml_heard", "saml_metadata", "help", "language", "theme", "density", "stop_mail", "join", "join_sent",
    "join_invited", "join_confirm", "manifest", "service_worker", "offline",
}  # fmt: skip
# Names a kind, or a programme that is offered to all: each takes away or brings its own.
OWN = {"seller_sheet_export", "dealer_stock_ask"}
DESKS = {
    "dealer": "owner@d001.demo",
    "deal": "owner@d001.demo",
    "seller": "sales@seller.demo",
    "warehouse": "gate@warehouse.demo",
    "pledge": "gate@warehouse.demo",
    "carrier": "carrier@carrier.demo",
    "bank": "credit@bank.demo",
    "operator": "ops@operator.demo",
}
FOREIGN = {"seller", "warehouse", "bank", "operator"}  # the stranger is a dealer
SPECIAL = {
    "deal_duty": "sales@seller.demo",
    "deal_settle": "sales@seller.demo",
    "deal_unrefund": "sales@seller.demo",
    "deal_ship": "sales@seller.demo",
    "deal_strike": "sales@seller.demo",
    "deal_default": "credit@bank.demo",
    "sale": "sales@seller.demo",
    "freeze": "credit@bank.demo",
    "approval": "credit@bank.demo",
}


def pages() -> list[URLPattern]:
    return [page for page in urlpatterns if isinstance(page, URLPattern) and page.name]


def named(leaf: URLPattern) -> str:
    return str(leaf.name)


@pytest.mark.parametrize("leaf", pages(), ids=named)
def test_a_page_is_for_its_desk_only(looked_at: Lived, leaf: URLPattern) -> None:
    name = named(leaf)
    address = address_of(looked_at, leaf)
    visitor = Client().get(address)
    assert visitor.status_code in (200, 302, 303, 404, 405, 422), visitor.status_code
    if visitor.status_code in (302, 303) and name not in PUBLIC:
        assert reverse("sign_in") in visitor["Location"]
    if name not in DEEDS and name not in PUBLIC:
        owner = seated(
            looked_at, SPECIAL.get(name) or DESKS.get(name.split("_")[0], "owner@d001.demo")
        )
        seen = owner.get(address)
        assert seen.status_code == 200, (seen.status_code, seen.content.decode()[:300])
    desk = name.split("_")[0]
    keep_out(looked_at, leaf, "owner@d002.demo", closed=desk in FOREIGN)
    if desk in RIVALS:
        keep_out(looked_at, leaf, f"{PEOPLE[desk][2]}@other-{desk}.demo", closed=False)


def keep_out(lived: Lived, leaf: URLPattern, email: str, *, closed: bool) -> None:
    """A stranger learns and does nothing at this address, and is refused where it names something
    or is `closed`."""
    name, address = named(leaf), address_of(lived, leaf)
    stranger = seated(lived, email)
    form = {"idempotency_key": uuid5(NAMESPACE_URL, f"{email} {name}").hex}
    for answer in (stranger.get(address), stranger.post(address, form)):
        assert answer.status_code < 500
        text = answer.content.decode(errors="replace")
        if answer.status_code == 303 and name == "bank_request":
            assert answer["Location"] == reverse("bank_queue")  # as for one that is decided
        elif (name in NAMES and name not in PUBLIC | OWN) or closed:
            assert answer.status_code in (403, 404, 405, 422), (answer.status_code, text[:300])
        # What was asked for may be said again; what is not the stranger's may not.
        asked = {str(lived.there[there]) for there in NAMES.get(name, {}).values()}
        assert [
            (name, text[max(0, text.index(word) - 100) :][:200])
            for name, word in lived.secrets().items()
            if word in text and word not in asked
        ] == []


def test_no_stranger_has_locked_itself_out_meanwhile(looked_at: Lived) -> None:
    """What they posted at their own desks left them able to be refused for the right reason."""
    rivals = (f"{PEOPLE[desk][2]}@other-{desk}.demo" for desk in RIVALS)
    for email in ("owner@d002.demo", *rivals):
        assert seated(looked_at, email).get("/", follow=True).status_code == 200


def test_a_stranger_changed_nothing(lived: Lived) -> None:
    from tests.trade import laws

    from heliu.trade.models import DealStep

    def steps() -> list[int]:
        with lived.world.worker():
            taken = DealStep.objects.filter(actor=lived.world.actor("owner@d002.demo").user_id)
            return list(taken.order_by("id").values_list("id", flat=True))

    before = steps()  # of an order of its own
    stranger = seated(lived, "owner@d002.demo")
    for page in pages():
        if named(page) in NAMES:
            stranger.post(address_of(lived, page), {"idempotency_key": "k" * 32, "approve": "yes"})
    laws.hold(lived.world)
    assert steps() == before


def address_of(lived: Lived, page: URLPattern) -> str:
    there: dict[str, Any] = lived.there
    wanted = set(page.pattern.converters)
    assert wanted == set(NAMES.get(named(page), {})), f"{page.name} needs an example here"
    return reverse(
        named(page), kwargs={key: there[name] for key, name in NAMES.get(named(page), {}).items()}
    )


def seated(lived: Lived, email: str) -> Client:
    """A browser of the person at their desk."""
    be("heliu_web")
    client = Client()
    user = User.objects.get(username=email)
    client.force_login(user)
    session = client.session
    session[DESK] = str(lived.world.actor(email).own_org)
    session.save()
    be("heliu_web")  # looking up the desk took another role
    return client

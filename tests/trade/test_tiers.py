"""What customers of a tier get: said once, had at once, taken back with the tier, and told why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils.translation import override
from tests.api.hands import hand_of
from tests.portal.browsing import browser, read
from tests.trade.conftest import World
from tests.trade.test_cases import opened

from heliu.capital.terms.models import Terms
from heliu.commerce.cases import queries
from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue import queries as goods
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing import queries as prices
from heliu.commerce.pricing.models import PriceList
from heliu.commerce.pricing.operations import NewPrice
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound
from heliu.kernel.goods import operations as skus
from heliu.kernel.goods.operations import NewSku
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization, TradingRelationship
from heliu.trade import cases, tiers
from heliu.trade.models import TierOffer

SALES, OPERATOR = "sales@seller.demo", "ops@operator.demo"


def offer(world: World, *, credit: int = 0, price: int = 700) -> PriceList:
    """Public houses get a list of their own, a circle with one article, and words."""
    with world.desk(SALES) as actor:
        at, seller = world.at, world.chain.seller
        own = pricing.create_list(actor=actor, seller=seller, code="PUB", name="Public", priority=3)
        mug = NewPrice(world.chain.skus["M1"], price, 1)
        pricing.set_prices(own, prices=[mug], valid_from=day_of(at), actor=actor, at=at)
        (sku,) = skus.enter(
            [NewSku("P1", "For offices", "办公专供", family="mugs")], actor=actor, seller=seller
        )
        ring = catalogue.draw_circle(actor=actor, seller=seller, code="offices", name="Offices")
        catalogue.set_goods(ring, [sku.pk], actor=actor)
        tiers.set_offer(
            "PUBLIC", actor=actor, at=at, price_list=own.pk, circle=ring.pk, credit=credit,
            service="Answered within 4 hours", welcome="Framework contract 7",
        )  # fmt: skip
    return own


def run(world: World) -> None:
    with world.worker():
        pass
    tiers.run(at=world.at)


def has(world: World, dealer: str = "D001") -> tuple[int | None, bool]:
    """What one mug costs, and whether the article for offices is there."""
    with world.desk(f"owner@{dealer.lower()}.demo") as owner:
        mug, seller = world.chain.skus["M1"], world.chain.seller
        found = prices.resolve(buyer=owner.own_org, seller=seller, wanted=[(mug, 1)], at=world.at)[
            mug
        ]
        return found and found.unit_price, "P1" in goods.find(owner, ["P1"], seller)


def said(world: World, tier: str, dealer: str = "D001") -> None:
    with world.desk(OPERATOR) as operator:
        tiers.set_tier(world.chain.dealers[dealer], tier, actor=operator)
    run(world)


def test_a_house_has_at_once_what_its_tier_gets_and_loses_it_with_the_tier(world: World) -> None:
    offer(world)
    run(world)
    assert has(world) == (1000, False)
    said(world, "PUBLIC")
    assert has(world) == (700, True)
    assert has(world, "D002") == (1000, False)
    with world.desk(world.dealer) as owner:
        (told,) = tiers.standings(owner)
        assert (told.tier, told.by_seller, told.service) == (
            "PUBLIC",
            False,
            "Answered within 4 hours",
        )
        assert [one.name for one in told.given] == ["Offices", "Public"]
    world.later(days=1)
    said(world, "LARGE")
    assert has(world) == (1000, False)


def test_a_seller_sees_its_customer_otherwise(world: World) -> None:
    offer(world)
    said(world, "SME")
    with world.desk(SALES) as actor:
        tiers.set_tier_here(world.chain.dealers["D001"], "PUBLIC", actor=actor)
    run(world)
    assert has(world) == (700, True)
    with world.desk(SALES) as actor:
        buyer = world.chain.dealers["D001"]
        assert tiers.standings_of(actor, [buyer])[buyer].by_seller
        tiers.set_tier_here(buyer, "", actor=actor)
    world.later(days=1)
    run(world)
    assert has(world) == (1000, False)


def test_what_the_offer_becomes_those_who_are_there_become_too(world: World) -> None:
    offer(world)
    said(world, "PUBLIC")
    world.later(days=1)
    with world.desk(SALES) as actor:
        tiers.set_offer("PUBLIC", actor=actor, at=world.at)
    run(world)
    assert has(world) == (1000, False)


def test_what_a_customer_has_by_hand_stays(world: World) -> None:
    own = offer(world)
    with world.desk(SALES) as actor:
        buyer = world.chain.dealers["D001"]
        pricing.assign(own, actor=actor, buyer=buyer, valid_from=day_of(world.at), at=world.at)
    said(world, "PUBLIC")
    world.later(days=1)
    said(world, "")
    assert has(world) == (700, False)


def test_credit_is_given_to_begin_with_and_never_taken_by_a_tier(world: World) -> None:
    offer(world, credit=500_000)
    said(world, "PUBLIC")
    said(world, "PUBLIC", "D002")
    ceilings = {}
    for _ in range(2):
        with world.worker():
            ceilings = {one.buyer: one.ceiling for one in Terms.objects.all()}
        said(world, "", "D002")
    dealers = world.chain.dealers
    assert ceilings == {dealers["D001"]: 30_000_00, dealers["D002"]: 500_000}


def test_a_tier_is_said_by_the_operator_or_the_seller_and_nobody_else(world: World) -> None:
    dealer = world.chain.dealers["D001"]
    with world.desk(world.dealer) as owner:
        with pytest.raises(Forbidden):
            tiers.set_tier(dealer, "PUBLIC", actor=owner)
        with pytest.raises(Forbidden):
            tiers.set_tier_here(dealer, "PUBLIC", actor=owner)
        for table in (
            Organization.objects.filter(pk=dealer),
            TradingRelationship.objects.filter(buyer=dealer),
        ):
            with pytest.raises(DatabaseError, match="only"), transaction.atomic():
                table.update(tier="PUBLIC")
    with world.desk(SALES) as actor:
        with pytest.raises(Invalid):
            parties.set_tier_here(dealer, "GOLD", actor=actor)
        with pytest.raises(NotFound):
            tiers.set_tier_here(world.chain.bank, "PUBLIC", actor=actor)
        with pytest.raises(NotFound):
            tiers.set_offer("PUBLIC", actor=actor, at=world.at, price_list=world.chain.bank)


def test_cases_of_a_tier_are_answered_within_its_own_hours(world: World) -> None:
    def hours(answer: int | None, solve: int | None) -> None:
        with world.desk(SALES) as actor:
            tiers.set_offer(
                "PUBLIC", actor=actor, at=world.at, answer_hours=answer, solve_hours=solve
            )
        run(world)

    for wrong in ((5, 4), (0, 9), (None, 9), (1, 9_999)):
        with pytest.raises(Invalid, match="hours"):
            hours(*wrong)
    hours(4, 48)
    said(world, "PUBLIC")
    case = opened(world)
    promised = (case.answer_due - case.opened_at, case.solve_due - case.opened_at)
    assert (*promised, case.tier) == (timedelta(hours=4), timedelta(hours=48), "PUBLIC")
    with world.desk("owner@d002.demo") as other:
        level = queries.level_of(world.chain.seller, other.own_org)
        assert level == (24, 120, "")
    with world.desk(world.dealer) as owner:
        (told,) = tiers.standings(owner)
        assert (told.answer_hours, told.solve_hours, "4 hours" in told.served) == (4, 48, True)
        mine = TradingRelationship.objects.filter(buyer=owner.own_org)
        for wish in ({"answer_hours": 1}, {"answer_hours": None, "solve_hours": None}):
            with pytest.raises(DatabaseError, match="only by its tier"), transaction.atomic():
                mine.update(**wish)
    with world.desk(SALES) as actor:
        cases.act(case.number, "solve", actor=actor, at=world.at)
    hours(2, 10)
    with world.desk(world.dealer) as owner:
        again = cases.act(case.number, "reopen", actor=owner, at=world.later(hours=1))
        assert again.answer_due - world.at == timedelta(hours=2)
    said(world, "")
    assert opened(world).tier == ""  # what was promised to the other stays
    with world.desk(world.dealer) as owner:
        assert queries.get(owner, case.number).tier == "PUBLIC"


def test_the_database_holds_the_hours_of_a_tier(world: World) -> None:
    with world.worker():
        for table in (TierOffer.objects.filter(tier="PUBLIC"), TradingRelationship.objects.all()):
            TierOffer.objects.get_or_create(
                seller=world.chain.seller, tier="PUBLIC", defaults={"set_at": world.at}
            )
            for answer, solve in ((None, 5), (5, None), (9, 5), (0, 5)):
                with pytest.raises(DatabaseError, match="hours"), transaction.atomic():
                    table.update(answer_hours=answer, solve_hours=solve)


def test_what_is_said_is_read_in_the_reader_s_language_or_the_other(world: World) -> None:
    with world.desk(SALES) as actor:
        tiers.set_offer(
            "PUBLIC", actor=actor, at=world.at, service="By phone", service_zh="电话服务",
            welcome_zh="欢迎回来",
        )  # fmt: skip
    said(world, "PUBLIC")
    for language, service in (("en", "By phone"), ("zh-hans", "电话服务")):
        with world.desk(world.dealer) as owner, override(language):
            (told,) = tiers.standings(owner)
            assert (told.service, told.served, told.welcome) == (service, service, "欢迎回来")
        with world.desk(SALES) as actor, override(language):
            buyer = world.chain.dealers["D001"]
            assert tiers.standings_of(actor, [buyer])[buyer].service == service
            (offered,) = tiers.offers(actor)
            assert offered.service_said == service


def test_both_languages_go_over_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    words = {
        "service": "By phone", "service_zh": "电话服务", "welcome": "Hello", "welcome_zh": "",
    }  # fmt: skip
    seller, dealer = hand_of(world, SALES), hand_of(world, world.dealer)
    answered = seller.send("put", "/tier-offers/PUBLIC", words)
    said(world, "PUBLIC")
    (offered,), (standing,) = seller.get("/tier-offers"), dealer.get("/tier-standings")
    for shown in (answered, offered, standing):
        assert {name: shown[name] for name in words} == words


def test_it_is_said_and_told_on_pages(
    world: World, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    own, sales, operator = offer(world), browser(SALES), browser(OPERATOR)
    form = {
        "tier": "PUBLIC", "price_list": str(own.pk), "credit": "x", "service": "By phone",
        "service_zh": "电话服务", "welcome": "Welcome back", "welcome_zh": "欢迎回来",
        "answer_hours": "9", "solve_hours": "x",
        "idempotency_key": "k" * 32,
    }  # fmt: skip
    refused = sales.post("/seller/tiers", form)
    assert refused.status_code == 422
    for words in ("By phone", "电话服务", "Welcome back", "欢迎回来"):
        assert f'value="{words}"' in refused.content.decode()
    form["credit"] = "1,000.50"
    assert sales.post("/seller/tiers", form).status_code == 422
    form["solve_hours"] = "72"
    assert sales.post("/seller/tiers", form).status_code == 303
    assert "1000.50" in read(sales, "/seller/tiers")
    set_it = operator.post(
        "/operator/parties/d001", {"tier": "PUBLIC", "idempotency_key": "t" * 32}
    )
    assert set_it.status_code == 303
    run(world)
    buyer = browser(world.dealer)
    home = read(buyer, "/dealer/")
    assert "an answer within 9 hours, a solution within 72" in home
    assert "Welcome back" in home
    assert "The operator has written down" in home
    chinese = browser(world.dealer)
    chinese.cookies["django_language"] = "zh-hans"
    home = read(chinese, "/dealer/")
    for words in ("欢迎回来", "电话服务"):
        assert words in home
    assert "Welcome back" not in home
    assert "by the operator's word" in read(sales, "/seller/tiers")
    case = opened(world)
    page = read(buyer, f"/cases/{case.number}")
    assert "due in 9 h" in page
    assert "Public sector" in page
    world.later(hours=10)
    desk = read(sales, "/cases?tab=late")
    assert case.number in desk
    assert "overdue" in desk
    sheet = sales.get("/cases?sort=-due&export=csv").content.decode()
    assert case.number in sheet
    assert "Public sector" in sheet

"""A chain that has lived: deals in the states that every operation needs, cloned for each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from tests.api.hands import Hand, Hands, hand_of
from tests.conftest import be, cloned
from tests.pictures import png
from tests.trade import life, newcomers, stock
from tests.trade.behalf import allow
from tests.trade.conftest import World, laid, world

from heliu.capital.bank import freezing as accounts
from heliu.capital.bank import incoming as arrivals
from heliu.capital.bank.models import BankAccount, Incoming, PaymentInstruction
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books.models import Account
from heliu.capital.credit import drafting, ruling
from heliu.capital.credit.models import CreditAssessment, Facility, Programme
from heliu.capital.credit.rules import HOUSE_RULES
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan
from heliu.capital.registry.models import Filing
from heliu.capital.registry.sandbox import operations as claims
from heliu.capital.terms.models import Invoice
from heliu.capital.vat import operations as vat_room
from heliu.capital.vat.sandbox.models import AuthorityFault
from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue.operations import NewAttribute, NewPack, NewProduct
from heliu.commerce.lists import operations as lists
from heliu.commerce.ordering.models import OrderLine
from heliu.commerce.ordering.operations import carts
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.operations import NewPrice, NewPromotion
from heliu.commerce.quotes import operations as quotes
from heliu.commerce.quotes.policies import Answer, Asked
from heliu.commerce.spending import operations as spending
from heliu.demo import chain as chains
from heliu.kernel.access import role_editing
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import Membership, User
from heliu.kernel.addresses import imports
from heliu.kernel.addresses import operations as addresses
from heliu.kernel.addresses.policies import Place
from heliu.kernel.approvals import operations as questions
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.consent.models import Disclosure
from heliu.kernel.dispatch import operations as dispatch
from heliu.kernel.dispatch import push
from heliu.kernel.events.models import Notice
from heliu.kernel.files import queries as files
from heliu.kernel.goods import operations as goods
from heliu.kernel.goods.operations import NewSku
from heliu.kernel.joining.models import TradeAsk
from heliu.kernel.joining.operations import people
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization, PartyRole, Tie
from heliu.kernel.webhooks import operations as webhooks
from heliu.kernel.webhooks.models import Delivery
from heliu.logistics.pledges.models import Pledge, ReleaseOrder
from heliu.logistics.stock import back_orders
from heliu.logistics.stock import operations as lying
from heliu.logistics.stock.models import Mark, StockRow
from heliu.logistics.stock.policies import Marked
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.models import Bin, Receiving, Warehouse, WarehouseReceipt
from heliu.trade import (
    approvals,
    carrying,
    cases,
    changing,
    closing_books,
    conversations,
    enforcement,
    exchange,
    freezing,
    incoming,
    invoices,
    liquidation,
    lodging,
    open_account,
    photos,
    place_order,
    purchases,
    quoting,
    receivables,
    returns,
    sales,
    todos,
    vat,
)
from heliu.trade.carrying import Shot
from heliu.trade.change_terms import Wanted
from heliu.trade.financed_order import repaying
from heliu.trade.placed import Placed

__all__ = ["laid", "world"]

DESKS = (
    "owner@d001.demo", "owner@d002.demo", "sales@seller.demo", "credit@bank.demo",
    "gate@warehouse.demo", "carrier@carrier.demo", "ops@operator.demo",
)  # fmt: skip


RIVALS = ("seller", "bank", "warehouse")  # other houses of the kind


@dataclass
class Lived:
    """The world, a program for each desk, and what is there by name."""

    world: World
    hands: Hands
    there: dict[str, Any]

    def secrets(self) -> dict[str, str]:
        """Numbers and ids, by name, by which a stranger's answer would show that it leaks."""
        return {
            name: str(value) for name, value in self.there.items() if not name.startswith("open_")
        }


@dataclass(frozen=True)
class Base:
    """The database of a chain that has lived, what it is to be copied for, and its people's tokens."""

    database: str
    chain: chains.Chain
    at: datetime
    there: dict[str, Any]
    tokens: tuple[str, ...]

    def life(self) -> Lived:
        """What `default` finds in a copy."""
        world = World(self.chain, self.at)
        return Lived(world, Hands(world, *map(Hand, self.tokens)), self.there)


@pytest.fixture(scope="session")
def lived_base(laid: tuple[str, Any], django_db_blocker: Any) -> Iterator[Base]:
    """Deals pledged, on the way, to be signed, to be decided; orders to confirm and to ship."""
    base, chain = laid
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        with cloned(base) as name:
            world = World(chain)
            there = live(world)
            desks = (*DESKS, "lin@shop1.example")
            tokens = tuple(hand_of(world, email).token for email in desks)
            be("heliu_web", before)
            yield Base(name, chain, world.at, there, tokens)


@pytest.fixture
def lived(
    lived_base: Base, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lived]:
    """A clone with real commits, at the world's own time."""
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: lived_base.at)
    with django_db_blocker.unblock(), cloned(lived_base.database):
        yield lived_base.life()


@pytest.fixture(scope="module")
def copy_to_look_at(lived_base: Base, django_db_blocker: Any) -> Iterator[str]:
    """One clone for all tests of a file that only look."""
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        with cloned(lived_base.database) as name:
            be("heliu_web", before)
            yield name


@pytest.fixture
def looked_at(
    copy_to_look_at: str,
    lived_base: Base,
    django_db_blocker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Lived]:
    """As `lived`, shared: nobody finds out what those before have asked and were refused."""
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: lived_base.at)
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        be("heliu_web", copy_to_look_at)
        yield lived_base.life()
        be("heliu_web", before)


def with_a_change_that_waits(world: World) -> Placed:
    """The dealer wants a confirmed order changed, and the seller has not answered."""
    placed = life.place(world, pay_by="TRANSFER", M1=7)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    with world.desk(world.dealer) as owner:
        wanted = Wanted(dict(world.lines(M1=6)))
        changing.change(placed.order.id, wanted, actor=owner, reason="fewer", at=world.at)
    return placed


def live(world: World) -> dict[str, Any]:
    """Let the first dealer's deals get to where every operation finds one."""
    pooled = with_stock(world)  # first: its goods take days
    pledged = life.to_pledge(world)
    life.repay(world, pledged.deal.id, 40)
    world.bank()
    code = life.pick_up_code(world)
    late, asked, hopeless, forgone = (arrived(world) for _ in range(4))
    to_sell, outside, bought, regretted = (arrived(world) for _ in range(4))
    on_margin = nearly_repaid_on_margin(world)
    held = with_goods_held_back(world)
    short, exchanging = short_of_goods(world), with_an_exchange(world)
    sent = life.place(world, M1=50, B1=50)
    life.sign(world, sent)
    world.bank()
    shipment = life.ship(world, sent, by_carrier=True)
    exception, wet = on_the_way(world, shipment)
    to_ship = life.place(world, M1=20, B1=20)
    life.sign(world, to_ship)
    world.bank()
    placed = life.place(world, pay_by="TRANSFER", M1=5)
    on_terms = life.place(world, pay_by="TERMS", B1=4)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(on_terms.order.id, actor=seller, at=world.at)
    given = life.ship(world, on_terms, by_carrier=True)
    to_change = with_a_change_that_waits(world)
    on_terms_money = money_on_terms(world)
    on_terms_money |= refunded(world)
    closed = of_october(world, on_terms)
    to_decide = life.place(world, M2=6_000)
    to_sign = life.place(world, M1=60)
    assert to_sign.loan is not None
    with world.worker():
        counted = Shipment.objects.get(order_id=pledged.order.id)
    with world.desk("gate@warehouse.demo") as keeper:
        photo = photos.add(counted.id, actor=keeper, name="box.png", content=png(), at=world.at)
    claimed, filing = in_the_register(world)
    doubted, invoice, tie = with_doubts(world)
    for desk in RIVALS:
        world.rival(desk)
    waiting = newcomers.joined(world, name="不同商行")
    application = newcomers.asked_for_more(waiting)
    invitation, colleague = newcomers.asked_to_come(world)
    in_default(world, late, asked, hopeless)
    written_off(world, forgone)
    with world.desk("owner@d001.demo") as owner:
        quantities = {world.chain.skus["M1"]: 2}
        carts.fill_cart(actor=owner, seller=world.chain.seller, quantities=quantities)
    of_outside, of_seller = on_sale(world, outside, bought, to_sell, regretted)
    with world.desk("credit@bank.demo") as officer:
        terms = liquidation.Terms(regretted.order.total, buyer_name="Second-hand Traders")
        withdrawable = liquidation.ask_to_sell(
            regretted.deal.id, terms, actor=officer, reason="best offer", at=world.at
        )
    listed = kept_lists(world)
    asked_to_trade = asked_sellers(world)
    few = for_a_few(world) | priced(world) | given_back(world)
    few |= to_come(world) | with_tax(world, given) | programmes(world)
    stock.tick(world, M1=10_00, B1=20_00)  # prices of weeks ago hold no more
    webhooks_of = endpoints(world)  # late: a secret is shown for an hour
    few |= talked_about(world, placed)  # last: a message is taken back within minutes
    cap, rules = ruled(world)
    few["freeze"] = stopped(world)
    few |= quoted(world)
    asking = spending_of(world)
    mandate = allow(world).pk
    with world.desk(world.dealer) as owner:
        people.claim_domain(actor=owner, lets_in="ASKS", at=world.at)
        role_editing.save_role(
            actor=owner, code="orders-pays", name="Orders", permissions=["order", "pay"]
        )
    with world.worker():
        User.objects.update(is_demo=False)  # people as of an install: they sign in without a demo
        Loan.objects.filter(pk=to_sign.loan.pk).update(expires_at=world.at + timedelta(hours=1))
        dealer = world.chain.dealers["D001"]
        pledge = Pledge.objects.get(deal=pledged.deal.id)
        repaid = PaymentInstruction.objects.get(deal=pledged.deal.id, purpose="REPAYMENT")
        lines = [{"line": str(line.id), "good": line.quantity} for line in shipment.lines.all()]
        quiet = StockRow.objects.filter(
            warehouse=world.chain.warehouse, pledge=None, has_goods=True
        )[0]
        return {
            **numbers("pledged", pledged),
            **numbers("claimed", claimed),
            "filing": filing,
            **numbers("doubted", doubted),
            **numbers("held", held),
            **numbers("short", short),
            **numbers("exchanging", exchanging),
            "open_programme": world.chain.programme,
            **pooled,
            "laid_invoice": invoice,
            "open_tie": tie,
            **numbers("sent", sent),
            **numbers("to_ship", to_ship),
            **numbers("placed", placed),
            "open_placed_line": OrderLine.objects.get(order=placed.order.id).pk,
            **numbers("to_change", to_change),
            **numbers("on_terms", on_terms),
            **numbers("to_decide", to_decide),
            **numbers("to_sign", to_sign),
            **numbers("on_margin", on_margin),
            **numbers("late", late),
            **numbers("forgone", forgone),
            **numbers("asked", asked),
            **numbers("hopeless", hopeless),
            **numbers("to_sell", to_sell),
            **numbers("regretted", regretted),
            "withdrawable": withdrawable.id,
            "sale": of_outside,
            "sale_to_seller": of_seller,
            "approval": Approval.objects.get(subject=asked.deal.id).id,
            "digest": to_sign.loan.agreement_digest,
            "code": code,
            "pledge": pledge.number,
            "release": ReleaseOrder.objects.get(deal=pledged.deal.id).number,
            "receipt": WarehouseReceipt.objects.get(pledge=pledge.id).number,
            "row": StockRow.objects.filter(pledge=pledge.id, quantity__gt=0)[0].id,
            "quiet_row": quiet.id,
            "open_pieces": quiet.quantity,
            "free_row": str(
                StockRow.objects.filter(owner=world.chain.seller, has_goods=True)[0].id
            ),
            "free_bin": str(Bin.objects.filter(org=world.chain.seller, is_quarantine=False)[0].id),
            "shipment": shipment.number,
            "given": given.number,
            "exception": exception,
            "wet": wet,
            "open_counts": lines,
            "cap": cap,
            "open_number": rules,
            "open_rules": HOUSE_RULES.as_json(),
            "open_language": "en",
            "open_application": application,
            "invitation": invitation,
            **asked_to_trade,
            "colleague": colleague,
            "open_today": day_of(world.at).isoformat(),
            "facility": Facility.objects.get(
                borrower=dealer, programme=world.chain.programme
            ).number,
            "assessment": CreditAssessment.objects.filter(borrower=dealer)[0].number,
            "payment": PaymentInstruction.objects.filter(payer=dealer)[0].number,
            "period": closed,
            "repaid_payment": repaid.number,
            "repaid_key": repaid.pk,
            "open_repaid_on": str(repaid.booked_on - timedelta(days=1)),
            "open_account": Account.objects.filter(org=dealer, code="loan_payable")[0].id,
            "consent": Disclosure.objects.filter(of=dealer)[0].id,
            "photo": photo.id,
            **webhooks_of,
            **listed,
            **on_terms_money,
            **asking,
            "mandate": mandate,
            "open_tier": "PUBLIC",
            "own_role": "orders-pays",
            "member": Membership.objects.get(org=dealer, user__username=world.dealer).pk,
            "notice": Notice.objects.filter(org=dealer)[0].id,
            "dealer": dealer,
            "open_code": "d001",
            "open_token": "made-by-nobody",
            "open_house": Warehouse.objects.get(org=world.chain.warehouse).pk,
            "open_count": Receiving.objects.get(shipment=counted.id).id,
            "open_place": 1,
            "open_seller": world.chain.seller,
            "open_sku": world.chain.skus["M1"],
            **few,
        }


def priced(world: World) -> dict[str, Any]:
    """A price list with a file of prices, and a promotion for one dealer."""
    seller, sku = world.chain.seller, world.chain.skus["M2"]
    with world.desk("sales@seller.demo") as actor:
        price_list = pricing.create_list(
            actor=actor, seller=seller, code="NORTH-7", name="North", priority=9
        )
        file = pricing.bring(
            price_list, [b"code,price\nM2,12.00\nM9,1.00\n"], actor=actor, name="north.csv",
            at=world.at,
        )  # fmt: skip
        promotion = pricing.announce(
            NewPromotion(
                code="SPRING-7", name="Spring", effect="PERCENT", percent=Decimal(5), skus=[sku],
                starts_at=world.at, ends_at=world.at + timedelta(days=30),
                buyers=[world.chain.dealers["D001"]],
            ),
            actor=actor, seller=seller, at=world.at,
        )  # fmt: skip
        version = pricing.begin_version(price_list, actor=actor, at=world.at)
        pricing.set_prices(
            version, actor=actor, prices=[NewPrice(sku, 1100)], valid_from=day_of(world.at),
            at=world.at,
        )  # fmt: skip
        days = {
            "valid_from": day_of(world.at), "valid_to": day_of(world.at) + timedelta(days=30),
        }  # fmt: skip
        contract, held, quiet = (
            pricing.offer(
                actor=actor, seller=seller, buyer=world.chain.dealers["D001"], name="Mugs",
                code=f"CONTRACT-{n}", prices=[NewPrice(sku, 1200)], at=world.at, **days,
            )
            for n in (7, 8, 9)
        )  # fmt: skip
        for one in (held, quiet):
            pricing.agree(one, actor=Actor.system(), at=world.at)
        change = pricing.ask_end(held, actor=actor, last=day_of(world.at), at=world.at)
    return {
        "price_list": price_list.code, "price_file": file.pk, "promotion": promotion.code,
        "list_id_of_prices": price_list.pk, "price_version": version.pk, "promotion_id": promotion.pk,
        "contract": contract.pk, "held_contract": held.pk, "quiet_contract": quiet.pk, "contract_change": change.pk,
        "open_last": day_of(world.at) + timedelta(days=2),
    }  # fmt: skip


def talked_about(world: World, placed: Placed) -> dict[str, Any]:
    """The first dealer wrote to the seller about an order."""
    with world.desk(world.dealer) as dealer:
        record = conversations.find(dealer, "order", placed.order.number)
        message = conversations.write(record, actor=dealer, text="Overheard-7", at=world.at)
        todo = todos.of_message(message.pk, actor=dealer, at=world.at)
    return {
        "todo": todo.pk, "message": message.pk, "said": "Overheard-7", "open_kind": "order",
    }  # fmt: skip


def given_back(world: World) -> dict[str, Any]:
    """A case about an order that came, and returns in the states that every act finds one."""
    placed = life.place(world, pay_by="TRANSFER", M1=20)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    life.receive(world, life.ship(world, placed), who=world.dealer)
    number = placed.order.number
    with world.desk(world.dealer) as dealer:
        case = cases.open_case(
            number, actor=dealer, kind="QUALITY", text="Pale", position=1, at=world.at
        )
        asked, back = (
            returns.ask(
                number, actor=dealer, remedy="CREDIT", quantities={1: 2}, reason="pale",
                at=world.at,
            )
            for _ in range(2)
        )  # fmt: skip
    with world.desk("sales@seller.demo") as seller:
        returns.agree(back.number, actor=seller, at=world.at)
    with world.desk(world.dealer) as dealer:
        returns.send(back.number, actor=dealer, at=world.at)
    return {
        "case": case.number, "return": asked.number, "return_sent": back.number,
        "came_order": number,
    }  # fmt: skip


def asked_sellers(world: World) -> dict[str, Any]:
    """The first dealer asks a seller to trade with it, and a stranger asks its own seller."""
    with world.worker():
        fourth = Organization.objects.create(code="fourth-seller", name="Fourth seller")
        said = {"seller_name": "A seller", "asked_by_name": "Somebody", "asked_at": world.at}
        house = Organization.objects.create(code="asking", name="Asking Co., Ltd.")
        own = TradeAsk.objects.create(buyer=world.chain.dealers["D001"], seller=fourth.pk, **said)
        here = TradeAsk.objects.create(buyer=house.pk, seller=world.chain.seller, **said)
        third = Organization.objects.create(code="third-seller", name="Third seller")
        PartyRole.objects.create(organization=third, role="SELLER")
    return {"trade_ask": own.pk, "asked_of_seller": here.pk, "open_third_seller": third.pk}


def for_a_few(world: World) -> dict[str, Any]:
    """An article with a picture that of all dealers the first alone may see."""
    seller = world.chain.seller
    with world.desk("sales@seller.demo") as actor:
        (sku,) = goods.enter(
            [NewSku("R1", "Restricted mug", "专供马克杯", family="mugs")],
            actor=actor,
            seller=seller,
        )
        (told_apart,) = goods.enter(
            [NewSku("R2", "Counted mug", "编号马克杯", family="mugs", tracking="SERIAL")],
            actor=actor,
            seller=seller,
        )
        lines = [lying.Supply(told_apart.pk, 1, marks=(Marked("TRACE-7"),))]
        lying.supply(
            lines, owner=seller, warehouse=seller, key="trace-7", subject=seller, at=world.at
        )
        mark = Mark.objects.get(code="TRACE-7")
        picture = catalogue.attach(
            png(), actor=actor, seller=seller, name="r1.png", role="PICTURE", at=world.at,
            sku=sku.pk,
        )  # fmt: skip
        circle = catalogue.draw_circle(actor=actor, seller=seller, code="CIRCLE-7", name="A few")
        catalogue.set_members(circle, [world.chain.dealers["D001"]], actor=actor)
        catalogue.set_goods(circle, [sku.pk], actor=actor)
        catalogue.gather(
            actor=actor, seller=seller, products=[NewProduct("PRODUCT-7", "Mug", "mugs", [sku.pk])]
        )
        catalogue.pack(actor=actor, seller=seller, packs=[NewPack(sku.pk, "PCS", 10)])
        catalogue.define(
            actor=actor, seller=seller, family="mugs",
            attributes=[NewAttribute("glaze", "Glaze", "TEXT")],
        )  # fmt: skip
        catalogue.grow(actor=actor, seller=seller, branches=[("rare", "", "Rare", "")])
        spare = catalogue.draw_circle(actor=actor, seller=seller, code="CIRCLE-8", name="Spare")
        sheet = catalogue.bring(
            b"code,pieces,unit\nR1,10,PCS\n", actor=actor, seller=seller, kind="PACKS",
            name="rare.csv", at=world.at,
        )  # fmt: skip
        ring = catalogue.add_ring(actor=actor, seller=seller, words=["mug", "stein"])
    return {
        "restricted_sku": sku.pk, "paper": picture.pk, "circle": circle.code,
        "spare_circle": spare.code, "product": "PRODUCT-7", "open_ring": ring.pk, "mark": mark.pk,
        "open_family": "mugs", "open_unit": "PCS", "open_attribute": "glaze",
        "open_category": "rare", "sheet_file": sheet.pk, "open_sheet": "ARTICLES",
    }  # fmt: skip


def ruled(world: World) -> tuple[UUID, int]:
    """The bank caps a borrower and proposes rules of its own: the cap, the version's number."""
    with world.desk("credit@bank.demo") as officer:
        cap = lending.set_cap(
            kind="cap_borrower", party=world.chain.dealers["D001"], limit=10**10,
            actor=officer, at=world.at,
        )  # fmt: skip
        version, _ = ruling.propose(
            HOUSE_RULES.as_json(), effective_on=day_of(world.at), reason="Our own",
            actor=officer, at=world.at,
        )  # fmt: skip
        return cap.pk, version.number


def stopped(world: World) -> str:
    """A dealer's account is frozen: by one of the bank's people asked, by another agreed to."""
    with world.desk("credit@bank.demo") as officer:
        wanted = accounts.Order(world.chain.dealers["D001"], "COURT", "Overheard-9", "A claim")
        one, asked = freezing.ask(wanted, actor=officer, at=world.at)
    with world.desk("review@bank.demo") as other:
        approvals.vote(asked.pk, agrees=True, actor=other, at=world.at)
    return one.number


def programmes(world: World) -> dict[str, Any]:
    """A programme that a lender writes, and a duty it asks a seller for."""
    with world.desk("credit@bank.demo") as risk:
        stands = Programme.objects.get(pk=world.chain.programme)
        terms = drafting.terms_of(stands) | {"name": "Overheard-8"}
        written = drafting.write(terms, seller=world.chain.seller, actor=risk, at=world.at)
        asked = drafting.offer_duty(
            stands, modes={}, seller_duty="BUY_BACK", buy_back_share=Decimal("0.5"),
            actor=risk, at=world.at,
        )  # fmt: skip
    return {"programme_draft": written.pk, "programme_offer": asked.pk, "open_act": "send"}


def money_on_terms(world: World) -> dict[str, Any]:
    """An invoice of the first dealer, a payment for it, and money of its that fits nothing."""
    dealer = world.chain.dealers["D001"]
    with world.desk("sales@seller.demo") as seller:
        payment = receivables.receive(
            dealer, actor=seller, amount=1_000, value_day=day_of(world.at), reference="slip",
            key="by hand", at=world.at,
        )  # fmt: skip
    with world.worker():
        sandbox.transfer(
            payer=dealer, payee=world.chain.seller, amount=777, reference="thanks", at=world.at
        )
        incoming.take_in(at=world.at)
        came = Incoming.objects.get()
        # What came to the bank's own account and names no loan.
        sandbox.transfer(
            payer=dealer, payee=world.chain.bank, amount=5, reference="?", at=world.at,
            into="NOSTRO",
        )  # fmt: skip
        own = BankAccount.objects.get(org=world.chain.bank, kind="NOSTRO")
        arrivals.fetch(own, day_of(world.at), at=world.at)
        unplaced = Incoming.objects.get(account=own)
        return {
            "invoice": Invoice.objects.get(buyer=dealer).number,
            "terms_payment": payment.number,
            "incoming": came.pk,
            "unplaced": unplaced.pk,
        }


def refunded(world: World) -> dict[str, Any]:
    """An order of the first dealer of which some came short, and what the seller paid back; and a
    device on which its notices are shown."""
    placed = life.place(world, pay_by="TRANSFER", M1=10)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    life.receive(world, life.ship(world, placed), lost=2, who=world.dealer)
    with world.desk("sales@seller.demo") as seller:
        open_account.settle(
            placed.order.id, actor=seller, amount=500, value_day=day_of(world.at),
            reference="slip 9", key="refund", at=world.at,
        )  # fmt: skip
    with world.desk(world.dealer) as dealer:
        device = dispatch.add_device(
            "https://93.184.215.14/push/0", public=push.public_key(), secret="A" * 22, name="",
            actor=dealer, at=world.at,
        )  # fmt: skip
    return {
        "device": device.pk,
        "refunded": placed.deal.number,
        "refunded_order": placed.order.number,
        "open_refund": "refund",
    }


def of_october(world: World, on_terms: Placed) -> UUID:
    """A payment written down with a day of October; the dealer has closed the month."""
    october = date(2026, 10, 1)
    with world.desk("sales@seller.demo") as seller:
        open_account.settle(
            on_terms.order.id, actor=seller, amount=1_000, value_day=october, reference="slip",
            key="of October", at=world.at,
        )  # fmt: skip
    with world.desk("owner@d001.demo") as owner:
        return closing_books.close(october, actor=owner, at=world.at).pk


def on_the_way(world: World, shipment: Shipment) -> tuple[Any, Any]:
    """The carrier fetched the goods, and something is wrong with them: its id, and its photo's."""
    with world.desk("carrier@carrier.demo") as carrier:
        carriage = transport.carriage(carrier, shipment.number)
        carrying.seen(carriage, kind="PICKED_UP", actor=carrier, at=world.at)
        wrong = carrying.went_wrong(
            carriage, kind="DAMAGED", note="wet cartons", shots=[Shot("wet.png", png())],
            actor=carrier, at=world.at,
        )  # fmt: skip
        return wrong.pk, files.of_subjects(carrier, [wrong.pk])[0].pk


def in_the_register(world: World) -> tuple[Placed, UUID]:
    """A deal whose goods another claims, and a filing that the registry has refused."""
    with world.worker():
        dealer = world.chain.dealers["D001"]
        claims.enter(
            debtor=dealer, secured="Bank of Elsewhere", amount=1_000_00, goods=["M2"],
            content="stock", at=world.at,
        )  # fmt: skip
    claimed = life.place(world, M2=10)
    life.sign(world, claimed)
    world.bank()
    refused = life.place(world, M1=10)
    with world.worker():
        claims.script(fault="refuse", kind="SEARCH", deal=refused.deal.id)
    life.sign(world, refused)
    world.bank()
    with world.worker():
        return claimed, Filing.objects.get(deal=refused.deal.id).pk


def with_doubts(world: World) -> tuple[Placed, UUID, UUID]:
    """A deal that waits for its lender's word, because one person represents both sides; its
    invoice, and what the operator wrote down."""
    with world.worker() as operator:
        tie, _ = (
            parties.tie(
                org, "REPRESENTATIVE", name="Li", number="33010619", actor=operator, at=world.at
            )
            for org in (world.chain.dealers["D001"], world.chain.seller)
        )
    doubted = life.place(world, M1=15)
    life.sign(world, doubted)
    with world.desk(world.dealer) as dealer:
        laid = invoices.lay(
            doubted.deal.id, actor=dealer, number="FP-1", amount=100_00,
            issued_on=day_of(world.at), at=world.at,
        )  # fmt: skip
    world.bank()
    with world.worker() as operator:
        Approval.objects.filter(act="pay-out").update(status="EXPIRED", ended_at=world.at)
        for one in Tie.objects.all():
            parties.untie(one.pk, actor=operator, at=world.at)
    return doubted, laid.pk, tie.pk


def with_goods_held_back(world: World) -> Placed:
    """A small deal that earned goods, and nobody at the lender is asked any more."""
    held = arrived(world)
    with world.worker():
        Programme.objects.update(auto_release_cap=0)
    with world.desk(world.dealer) as dealer:
        repaying.repay(held.deal.id, actor=dealer, key="half", percent=Decimal(50), at=world.at)
    world.bank()
    with world.worker():
        Approval.objects.filter(act="release").update(status="EXPIRED", ended_at=world.at)
        Programme.objects.update(auto_release_cap=1)
    return held


def with_stock(world: World) -> dict[str, Any]:
    """A small loan against stock that runs, with more goods announced; and its programme."""
    with world.worker():
        programme = chains.stock_programme(world.chain)
    stock.buy(world, M1=30, B1=25)
    stock.buy(world, who="owner@d002.demo", B1=5)
    stock.tick(world, M1=10_00, B1=20_00)
    deal = stock.ask(world, programme.pk, 100_00, M1=20, B1=10)
    stock.sign(world, deal)
    world.bank()
    stock.count(world, stock.send(world, deal))
    world.bank()
    with world.desk(world.dealer) as dealer:
        more = lodging.announce(deal.pk, stock.goods(world, {"B1": 5}), actor=dealer, at=world.at)
    to_sign = stock.ask(world, programme.pk, 10_00, B1=2)
    return {
        "pool": deal.number,
        "stock_to_sign": to_sign.number,
        "open_lodging": more.number,
        "open_first": 1,
        "open_stock_programme": programme.pk,
        "open_bag": world.chain.skus["B1"],
    }


def arrived(world: World) -> Placed:
    """A small deal whose goods lie pledged."""
    placed = life.place(world, M1=10, B1=10)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed))
    return placed


def short_of_goods(world: World) -> Placed:
    """A small deal most of whose first goods were missing, and whose seller's bank refuses."""
    placed = life.place(world, M1=10, B1=10)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed), lost=9)
    with world.worker():
        sandbox.script(fault="reject", purpose="REFUND", deal=placed.deal.id)
    world.bank()
    return placed


def with_an_exchange(world: World) -> Placed:
    """A small deal whose dealer brings one of its own bags, to which the bank has agreed."""
    placed = arrived(world)
    bag = {world.chain.skus["B1"]: 1}
    with world.desk(world.dealer) as dealer:
        exchange.ask(placed.deal.id, bag, bag, actor=dealer, reason="an old one", at=world.at)
    with world.desk("credit@bank.demo") as officer:
        asked = Approval.objects.get(act="exchange", subject=placed.deal.id)
        approvals.vote(asked.pk, agrees=True, actor=officer, at=world.at)
    return placed


def nearly_repaid_on_margin(world: World) -> Placed:
    """A small deal whose deposit was kept, and reaches for what is left of the loan."""
    with world.worker():
        Programme.objects.update(deposit_mode="CASH_MARGIN")
    placed = arrived(world)
    with world.worker():
        Programme.objects.update(deposit_mode="DOWN_PAYMENT")
    with world.desk(world.dealer) as dealer:
        repaying.repay(placed.deal.id, actor=dealer, key="most", percent=Decimal(95), at=world.at)
    world.bank()
    return placed


def in_default(world: World, late: Placed, asked: Placed, hopeless: Placed) -> None:
    """One may be enforced, of one it is asked, of one nothing is left but to write it off.

    Their due days are moved, not the clock: offers and codes of the other deals run out in hours.
    """
    ago = day_of(world.at) - timedelta(days=10)
    deals = [late.deal.id, asked.deal.id, hopeless.deal.id]
    with world.worker():
        Loan.objects.filter(deal__in=deals).update(
            due_on=ago, status="OVERDUE", default_noticed_on=ago,
            seller_duty="BUY_BACK", buy_back_share=Decimal("0.5"),
        )  # fmt: skip
    ids = []
    for placed in (hopeless, asked):
        with world.desk("review@bank.demo") as officer:
            one = enforcement.ask_to_enforce(
                placed.deal.id, actor=officer, reason="does not answer", at=world.at
            )
            ids.append(one.id)
    with world.desk("credit@bank.demo") as officer:
        approvals.vote(ids[0], agrees=True, actor=officer, at=world.at)
    world.bank()
    with world.worker():
        Facility.objects.update(status="ACTIVE")


def written_off(world: World, placed: Placed) -> None:
    """The goods were sold for little, and the seller owes the rest by its duty."""
    ago, deal = day_of(world.at) - timedelta(days=10), placed.deal.id
    with world.worker():
        Loan.objects.filter(deal=deal).update(due_on=ago, status="ENFORCING")
    terms = liquidation.Terms(placed.order.total // 2, buyer_name="Traders", below_reserve=True)
    with world.desk("review@bank.demo") as officer:
        asked = liquidation.ask_to_sell(
            deal, terms, actor=officer, reason="best offer", at=world.at
        )
    with world.desk("credit@bank.demo") as other:
        approvals.vote(asked.id, agrees=True, actor=other, at=world.at)
        sale = sales.visible_to(other).get(deal=deal)
        liquidation.note_receipt(
            sale.pk, actor=other, reference="TT 1", value_day=day_of(world.at), at=world.at
        )
    with world.desk("review@bank.demo") as officer:
        asked = enforcement.ask_to_write_off(deal, actor=officer, reason="gone", at=world.at)
    with world.desk("credit@bank.demo") as other:
        approvals.vote(asked.id, agrees=True, actor=other, at=world.at)


def on_sale(world: World, outside: Placed, bought: Placed, *others: Placed) -> tuple[str, str]:
    """All are enforced; of two the goods are sold, and their money is awaited: of somebody from
    outside, and of the seller. Returns the numbers of these sales."""
    with world.worker():
        deals = [one.deal.id for one in (outside, bought, *others)]
        Loan.objects.filter(deal__in=deals).update(status="ENFORCING", seller_duty="RESALE_HELP")
    found = []
    for placed, to in (
        (outside, {"buyer_name": "Second-hand Traders"}),
        (bought, {"buyer": world.chain.seller}),
    ):
        terms = liquidation.Terms(placed.order.total, **to)
        with world.desk("review@bank.demo") as officer:
            asked = liquidation.ask_to_sell(
                placed.deal.id, terms, actor=officer, reason="best offer", at=world.at
            )
        with world.desk("credit@bank.demo") as officer:
            approvals.vote(asked.id, agrees=True, actor=officer, at=world.at)
            found.append(sales.visible_to(officer).get(deal=placed.deal.id).number)
    return found[0], found[1]


def quoted(world: World) -> dict[str, Any]:
    """The first dealer has asked its seller for two quotes, and has the answer to one."""
    with world.desk(world.dealer) as dealer:
        asked, offered = (
            quoting.ask(
                actor=dealer, seller=world.chain.seller, at=world.at,
                lines=[Asked(sku, n) for sku, n in world.lines(M1=24)],
            )
            for _ in range(2)
        )  # fmt: skip
    with world.desk("sales@seller.demo") as seller:
        quoting.answer(
            offered.number, actor=seller, answers=[Answer(1, 900)],
            valid_until=day_of(world.at) + timedelta(days=7), at=world.at,
        )  # fmt: skip
        answers = {"percent": Decimal(5), "days": 7, "most": None}
        quotes.set_auto_answer(actor=seller, min_quantity=800, at=world.at, **answers)
    return {"quote": asked.number, "quote_offered": offered.number, "open_auto_from": 800}


def spending_of(world: World) -> dict[str, Any]:
    """The first dealer has a budget, and rules about one cost centre and one buyer; of its requests
    one is its owner's, one its buyer's, and one is agreed to and not placed."""
    with world.worker():
        user = chains.enrol("buyer@d001.demo", "Buyer", world.chain.dealers["D001"], "purchaser")
    wish = {"seller": world.chain.seller, "pay_by": "TRANSFER", "reason": "low", "at": world.at}
    with world.desk(world.dealer) as owner:
        centre, free = (
            spending.set_centre(code=code, name=code, actor=owner) for code in ("RULED", "FREE")
        )
        for narrowed in ({"centre": centre.pk}, {"person": user.pk}):
            spending.set_rule(levels=[Level("manage")], actor=owner, at=world.at, **narrowed)
        budget = spending.set_budget(period="YEAR", amount=10**12, actor=owner, at=world.at)
        away = questions.delegate(
            user.pk, starts=day_of(world.at), ends=day_of(world.at), actor=owner, at=world.at
        )
        mine, agreed = (
            purchases.ask(actor=owner, lines=world.lines(M1=2, B1=1), cost_centre=centre.pk, **wish)
            for _ in range(2)
        )
    with world.desk("buyer@d001.demo") as buyer:
        strikable = purchases.ask(actor=buyer, lines=world.lines(M1=1, B1=1), **wish)
    with world.worker():
        Approval.objects.filter(subject=agreed.pk).update(status="APPROVED", ended_at=world.at)
        type(agreed).objects.filter(pk=agreed.pk).update(status="AGREED")
    return {
        "open_colleague": user.pk,
        "ruled_centre": centre.pk,
        "cost_centre": free.pk,
        "budget": budget.pk,
        "delegation": away.pk,
        "purchase": mine.number,
        "agreed_purchase": agreed.number,
        "strikable": strikable.number,
    }


def endpoints(world: World) -> dict[str, Any]:
    """Two webhooks of the first dealer: one with a message that was taken, one that is paused."""
    with world.desk(world.dealer) as owner:
        made, paused = (
            webhooks.add(
                actor=owner, name=name, url=f"https://{name}.example.com/in", wanted=[], at=world.at
            )
            for name in ("erp", "bi")
        )
        webhooks.pause(paused.pk, actor=owner, at=world.at)
        sent = webhooks.test(made.pk, actor=owner, at=world.at)
    with world.worker():
        Delivery.objects.update(status="DELIVERED", code=204, ended_at=world.at)
    return {"webhook": made.pk, "paused_webhook": paused.pk, "open_delivery": sent.pk}


def kept_lists(world: World) -> dict[str, Any]:
    """Two lists of the first dealer's owner, one of which is ordered by itself, and its house's
    address book."""
    goods = {world.chain.skus["M1"]: 24}
    with world.desk(world.dealer) as owner:
        listed, spare = (
            lists.make(
                actor=owner, seller=world.chain.seller, name=name, quantities=goods, at=world.at
            )
            for name in ("Weekly", "Once")
        )
        recurring = lists.recur(
            listed.pk, actor=owner, pay_by="TRANSFER", every=1, unit="WEEK",
            first_on=day_of(world.at), last_on=None, at=world.at,
        )  # fmt: skip
        place = Place("Shop", "Li Na", "138", "Road 7")
        address = addresses.add(place, actor=owner, at=world.at)
        sheet = imports.bring(
            b"name,receiver,phone,street\n", actor=owner, name="book.csv", at=world.at
        )
    return {
        "list": listed.pk, "spare_list": spare.pk, "recurring": recurring.pk,
        "address": address.pk, "address_sheet": sheet.pk,
    }  # fmt: skip


def to_come(world: World) -> dict[str, Any]:
    """Goods that the seller expects."""
    with world.desk("sales@seller.demo") as seller:
        day = day_of(world.at) + timedelta(days=30)
        sku = world.chain.skus["B1"]
        return {
            "open_goods": sku,
            "expected": back_orders.expect(sku, 5, day, actor=seller, at=world.at).pk,
        }


def with_tax(world: World, shipment: Shipment) -> dict[str, Any]:
    """A VAT invoice that the authority has refused."""
    for email in ("owner@d001.demo", "sales@seller.demo"):
        with world.desk(email) as owner:
            data = vat_room.TaxData(name=f"House of {email}", number="91330100MA27XYZ123")
            vat_room.set_data(data, actor=owner, at=world.at)
    with world.desk("sales@seller.demo") as seller:
        vat_room.set_rate(Decimal(13), from_day=day_of(world.at) - timedelta(99), actor=seller)
        written = vat.invoice(shipment.pk, actor=seller, at=world.at)
    with world.worker():
        AuthorityFault.objects.create(fault="refuse", reason="title unknown")
        vat.run(at=world.at)
    sold = life.place(world, pay_by="TRANSFER", M1=2)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(sold.order.id, actor=seller, at=world.at)
    sent = life.ship(world, sold)
    with world.desk("sales@seller.demo") as seller:
        issued = vat.invoice(sent.pk, actor=seller, at=world.at)
    with world.worker():
        vat.run(at=world.at)
        line = OrderLine.objects.get(order=sold.order.id).pk
    return {
        "vat_invoice": str(written.pk),
        "vat_issued": str(issued.pk),
        "open_vat_line": line,
        "open_shipment": str(shipment.pk),
    }


def numbers(name: str, placed: Placed) -> dict[str, str]:
    """The numbers people read, by what the deal is for."""
    found = {name: placed.deal.number, f"{name}_order": placed.order.number}
    return found | ({f"{name}_loan": placed.loan.number} if placed.loan else {})

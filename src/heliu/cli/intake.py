"""`heliu import`: parties, accounts, products, prices, opening stock from sheets, by operations."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid5

from django.db import transaction

from heliu.capital.bank import operations as bank
from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import AccountKind
from heliu.cli.sheets import Intake, Row, Unfit, read, write_rejects
from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing import queries as prices
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.operations import enrol
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.goods import operations as goods
from heliu.kernel.goods.models import Sku, Tracking
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties import queries
from heliu.kernel.parties.models import PartyRole
from heliu.logistics.stock import marks
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.policies import Marked

ACTOR = Actor.system()
DEFAULT_LIST = "standard"
OPENING = UUID("018f6f5e-0000-7000-8000-000000000001")  # names opening stocks by their sheet


def take_in(what: str, sheet: Path, *, seller: str) -> tuple[Intake, Path | None]:
    """Take a sheet in: good rows are entered, the others written to a reject file, if there are.

    Entering the same sheet twice changes nothing more. Raises `Trouble` when nothing can be read.
    """
    if what not in KINDS:
        raise Trouble(f"There is no import of {what}; there is {', '.join(KINDS)}.")
    head, rows = read(sheet)
    owner = None if what in OF_MANY else organization_of(seller, "--seller")
    intake = Intake()
    with transaction.atomic():
        KINDS[what](rows, owner, intake)
    return intake, write_rejects(sheet, head, intake.rejects) if intake.rejects else None


def organization_of(code: str, where: str) -> UUID:
    """The organisation with a code."""
    found = queries.visible_to(ACTOR).filter(code=code).first()
    if found is None:
        raise Trouble(f"{where} names no organisation that is known: {code or 'none'}.")
    return found.pk


def _parties(rows: list[Row], owner: UUID | None, intake: Intake) -> None:
    for row in rows:
        _try(row, intake, _party)


def _party(row: Row) -> None:
    """An organisation with its roles, its sellers and, given an address, a person who owns it."""
    roles = tuple(row.needed("roles").upper().replace("、", " ").replace(",", " ").split())
    if unknown := set(roles) - set(PartyRole.Role.values):
        raise Unfit(f"roles has {', '.join(sorted(unknown))}, which is none")
    code = row.needed("code")
    if queries.visible_to(ACTOR).filter(code=code).exists():
        raise Unfit(f"{code} is there already")
    name_zh = row.text("name_zh")
    made = parties.register(
        actor=ACTOR,
        code=code,
        roles=roles,
        name=row.text("name", name_zh) or row.needed("name"),
        name_zh=name_zh,
        city=row.text("city"),
        address=row.text("address"),
        tax_number=row.text("tax_number"),
        external_id=row.text("external_id"),
    )
    for seller in row.text("sellers").replace(";", " ").replace("、", " ").split():
        found = queries.visible_to(ACTOR).filter(code=seller).first()
        if found is None:
            raise Unfit(f"the seller {seller} is not known")
        parties.relate(actor=ACTOR, buyer=made.pk, seller=found.pk, since=day_of(clock.now()))
    if email := row.text("email"):
        person = row.text("person", email)
        enrol(actor=ACTOR, email=email, name=person, org=made.pk, role="owner")


def _accounts(rows: list[Row], owner: UUID | None, intake: Intake) -> None:
    for row in rows:
        _try(row, intake, _account)


def _account(row: Row) -> None:
    """An account of an organisation at a bank, with what is on it now."""
    kind, number = row.needed("kind").upper(), row.needed("number").replace(" ", "")
    if kind not in AccountKind.values:
        raise Unfit(f"kind is none of {', '.join(AccountKind.values)}: {kind}")
    holder, keeper = (_organization(row, column) for column in ("code", "bank"))
    known = payments.accounts_visible_to(ACTOR)
    if known.filter(number=number).exists():
        raise Unfit(f"the account {number} is there already")
    if known.filter(org=holder, bank=keeper, kind=kind).exists():
        raise Unfit(f"{row.text('code')} has an account of this kind at {row.text('bank')}")
    bank.register_account(
        org=holder,
        bank=keeper,
        kind=kind,
        number=number,
        opening=row.minor("opening") if row.text("opening", "0") != "0" else 0,
        actor=ACTOR,
        at=clock.now(),
    )


def _organization(row: Row, column: str) -> UUID:
    found = queries.visible_to(ACTOR).filter(code=row.needed(column)).first()
    if found is None:
        raise Unfit(f"{column} names no organisation that is known: {row.text(column)}")
    return found.pk


def _products(rows: list[Row], owner: UUID | None, intake: Intake) -> None:
    wanted: dict[str, goods.NewSku] = {}

    def look(row: Row) -> None:
        code = row.needed("code")
        if code in wanted:
            raise Unfit(f"{code} stands in this sheet twice")
        name_zh = row.text("name_zh")
        wanted[code] = goods.NewSku(
            code=code,
            name=row.text("name", name_zh) or row.needed("name"),
            name_zh=name_zh,
            barcode=row.text("barcode"),
            family=row.text("family", "general"),
            unit=row.text("unit", "PCS"),
            case_quantity=row.whole("case_quantity", 1),
            order_minimum=row.whole("order_minimum", 1),
            order_multiple=row.whole("order_multiple", 1),
            external_id=row.text("external_id"),
        )

    for row in rows:
        _try(row, intake, look)
    made = goods.enter(list(wanted.values()), actor=ACTOR, seller=_known(owner))
    catalogue.index([sku.pk for sku in made])


def _prices(rows: list[Row], owner: UUID | None, intake: Intake) -> None:
    """Prices by list, SKU and quantity; a list that is not there is made, the first as default."""
    seller, at = _known(owner), clock.now()
    skus = _skus(seller)
    wanted: dict[str, list[pricing.NewPrice]] = defaultdict(list)

    def look(row: Row) -> None:
        price = pricing.NewPrice(
            sku_id=_sku(skus, row), amount=row.minor("price"), min_quantity=row.whole("from", 1)
        )
        wanted[row.text("list", DEFAULT_LIST)].append(price)

    for row in rows:
        _try(row, intake, look)
    lists = {found.code: found for found in prices.lists_visible_to(ACTOR).filter(seller=seller)}
    for code, found in wanted.items():
        if code not in lists:
            lists[code] = pricing.create_list(
                actor=ACTOR, seller=seller, code=code, name=code, is_default=not lists
            )
        pricing.set_prices(lists[code], actor=ACTOR, prices=found, valid_from=day_of(at), at=at)


def _stock(rows: list[Row], owner: UUID | None, intake: Intake) -> None:
    """Opening stock: what of the seller's goods lies in which organisation's warehouse."""
    seller, at = _known(owner), clock.now()
    skus = _skus(seller)
    apart = {
        one.pk: one for one in Sku.objects.filter(seller=seller).exclude(tracking=Tracking.NONE)
    }
    wanted: dict[UUID, list[stock.Supply]] = defaultdict(list)

    def look(row: Row) -> None:
        house = queries.visible_to(ACTOR).filter(code=row.needed("warehouse")).first()
        if house is None:
            raise Unfit(f"the warehouse {row.text('warehouse')} is not known")
        supply = stock.Supply(_sku(skus, row), row.whole("quantity"))
        if told_apart := apart.get(supply.sku):
            supply = supply._replace(marks=_marks(row, told_apart, supply.quantity))
        elif row.text("mark"):
            raise Unfit(f"{row.text('code')} is not told apart by lots or serial numbers")
        else:
            supply = supply._replace(lot=row.text("lot"))
        wanted[house.pk].append(supply)

    for row in rows:
        _try(row, intake, look)
    for warehouse, lines in wanted.items():
        # The same sheet is the same opening stock, however often it is sent.
        key = f"opening:{seller}:{warehouse}:{hashlib.sha256(repr(lines).encode()).hexdigest()}"
        subject = uuid5(OPENING, key)
        stock.supply(lines, owner=seller, warehouse=warehouse, key=key, subject=subject, at=at)


def _marks(row: Row, sku: Sku, quantity: int) -> tuple[Marked, ...]:
    """What the pieces of a row carry, of goods that are told apart: a lot or a serial number."""
    code = row.text("mark") or row.text("lot")
    named = (Marked(code, quantity),) if code else ()
    marks.require_named(named, sku, quantity)
    return named


KINDS: dict[str, Callable[[list[Row], UUID | None, Intake], None]] = {
    "parties": _parties,
    "accounts": _accounts,
    "products": _products,
    "prices": _prices,
    "stock": _stock,
}
# These sheets name the organisation row by row.
OF_MANY = frozenset({"parties", "accounts"})


def _try(row: Row, intake: Intake, look: Callable[[Row], None]) -> None:
    try:
        with transaction.atomic():
            look(row)
    except Unfit as error:
        intake.reject(row, error)
    except Refused as error:
        intake.reject(row, error.text())
    else:
        intake.taken += 1


def _known(owner: UUID | None) -> UUID:
    if owner is None:
        raise Trouble("--seller is needed: the code of the seller whose goods these are.")
    return owner


def _skus(seller: UUID) -> dict[str, UUID]:
    return dict(Sku.objects.filter(seller=seller).values_list("code", "id"))


def _sku(skus: dict[str, UUID], row: Row) -> UUID:
    code = row.needed("code")
    if code not in skus:
        raise Unfit(f"{code} is not among the seller's goods")
    return skus[code]

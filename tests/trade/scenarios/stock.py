"""What the people of a loan against stock do and say, in the words of docs/scenarios.md."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import cast

from tests.conftest import be
from tests.trade import stock
from tests.trade.scenarios.document import minor
from tests.trade.scenarios.stage import LENDER, Stage, quantities, says, votes

from heliu.capital.credit.models import MarginRules
from heliu.commerce.ordering.models import Order
from heliu.demo import chain as chains
from heliu.trade import exchange, lodging, pool_prices, registry_answers, stock_loan, taking_out
from heliu.trade.placed import Placed


@says("lender", r"lends against stock(, one kind up to (?P<most>\d+) %)?")
def _lends(stage: Stage, most: str | None) -> None:
    with stage.world.worker():
        chains.stock_programme(stage.world.chain)
        if most:
            MarginRules.objects.update(concentration=Decimal(most) / 100)


@says("index", r"quotes (?P<prices>.+)")
def _quotes(stage: Stage, prices: str) -> None:
    """`M1 9.00, B1 20.00`; the pools hear of it."""
    said = {code: minor(price, 0) for code, price in map(str.split, prices.split(", "))}
    stock.tick(stage.world, **said)


@says("lender", r"brings its own prices (?P<prices>.+)")
def _brings_prices(stage: Stage, prices: str) -> None:
    lines = [
        pool_prices.Line(code, minor(price, 0))
        for code, price in map(str.split, prices.split(", "))
    ]
    with stage.world.desk(LENDER) as officer:
        pool_prices.bring(lines, actor=officer, at=stage.world.at)
    stock.tick(stage.world)


@says("dealer", r"has bought (?P<lines>.+)")
def _has_bought(stage: Stage, lines: str) -> None:
    stock.buy(stage.world, **quantities(lines))


@says("dealer", r"asks for (?P<amount>[\d,]+\.\d\d) against (?P<lines>.+)")
def _asks(stage: Stage, amount: str, lines: str) -> None:
    with stage.world.worker():
        programme = MarginRules.objects.get().programme_id
    deal = stock.ask(stage.world, programme, minor(amount, 0), **quantities(lines))
    stage.placed = Placed(cast(Order, None), deal, None)


@says("dealer", r"sends lodging (?P<number>\d+)")
def _sends(stage: Stage, number: str) -> None:
    assert stage.placed is not None
    stage.shipments.append(stock.send(stage.world, stage.placed.deal, int(number)))


@says("registry", "answers")
def _registry_answers(stage: Stage) -> None:
    be("heliu_worker")
    registry_answers.file_written(at=stage.world.at)


@says("dealer", r"takes out (?P<lines>.+)")
def _takes_out(stage: Stage, lines: str) -> None:
    assert stage.placed is not None
    stock.take_out(
        stage.world, stage.placed.deal, key=stage.world.at.isoformat(), **quantities(lines)
    )


@says("dealer", r"brings (?P<lines>.+)")
def _brings(stage: Stage, lines: str) -> None:
    assert stage.placed is not None
    bring = lodging.announce if stage.placed.deal.is_stock else exchange.bring
    with stage.world.desk(stage.world.dealer) as dealer:
        goods = stock.goods(stage.world, quantities(lines))
        bring(stage.deal, goods, actor=dealer, at=stage.world.at)


@says("dealer", r"exchanges (?P<out>.+) for (?P<coming>.+)")
def _exchanges(stage: Stage, out: str, coming: str) -> None:
    goods = [stock.goods(stage.world, quantities(lines)) for lines in (coming, out)]
    assert stage.placed is not None
    is_stock = stage.placed.deal.is_stock
    ask = taking_out.ask_swap if is_stock else partial(exchange.ask, reason="they sell")
    with stage.world.desk(stage.world.dealer) as dealer:
        ask(stage.deal, *goods, actor=dealer, at=stage.world.at)


@says("lender", "lets them go for others")
def _lets_go_for_others(stage: Stage) -> None:
    votes(stage, LENDER, agrees=True)


@says("lender", "does not let them go for others")
def _keeps_them(stage: Stage) -> None:
    votes(stage, LENDER, agrees=False)


@says("dealer", "calls the loan off")
def _calls_off(stage: Stage) -> None:
    with stage.world.desk(stage.world.dealer) as dealer:
        stock_loan.call_off(stage.deal, actor=dealer, reason="no need", at=stage.world.at)

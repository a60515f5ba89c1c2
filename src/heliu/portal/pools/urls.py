"""Addresses of goods that are brought: a pool, what its sides do with it, prices; and goods brought
for the loan of an order."""

from __future__ import annotations

from django.urls import path

from heliu.portal.pools import asking, board, deeds, exchanging, margins, page, prices

urlpatterns = [
    path("pools/<str:number>", page.pool, name="pool"),
    path("pools/<str:number>/out", deeds.take_out, name="pool_out"),
    path("pools/<str:number>/bring", deeds.bring, name="pool_bring"),
    path("pools/<str:number>/swap", deeds.swap, name="pool_swap"),
    path("pools/<str:number>/call-off", deeds.call_off, name="pool_call_off"),
    path("deals/<str:number>/lodgings/<int:lodging>/send", deeds.send, name="lodging_send"),
    path("deals/<str:number>/lodgings/<int:lodging>/drop", deeds.drop, name="lodging_drop"),
    path("deals/<str:number>/exchange", exchanging.exchange, name="deal_exchange"),
    path("deals/<str:number>/bring", exchanging.bring, name="deal_bring"),
    path("dealer/stock", asking.index, name="dealer_stock"),
    path("dealer/stock/<uuid:programme>/ask", asking.ask, name="dealer_stock_ask"),
    path("bank/pools", board.board, name="bank_pools"),
    path("bank/prices", prices.index, name="bank_prices"),
    path("bank/programmes/<uuid:programme>/margins", margins.change, name="bank_margins"),
]

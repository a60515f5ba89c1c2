"""Addresses of loans against stock: a pool, what its sides do with it, prices."""

from __future__ import annotations

from django.urls import path

from heliu.portal.pools import asking, board, deeds, margins, page, prices

urlpatterns = [
    path("pools/<str:number>", page.pool, name="pool"),
    path("pools/<str:number>/out", deeds.take_out, name="pool_out"),
    path("pools/<str:number>/bring", deeds.bring, name="pool_bring"),
    path("pools/<str:number>/swap", deeds.swap, name="pool_swap"),
    path("pools/<str:number>/call-off", deeds.call_off, name="pool_call_off"),
    path("pools/<str:number>/lodgings/<int:lodging>/send", deeds.send, name="pool_send"),
    path("pools/<str:number>/lodgings/<int:lodging>/drop", deeds.drop, name="pool_drop"),
    path("dealer/stock", asking.index, name="dealer_stock"),
    path("dealer/stock/<uuid:programme>/ask", asking.ask, name="dealer_stock_ask"),
    path("bank/pools", board.board, name="bank_pools"),
    path("bank/prices", prices.index, name="bank_prices"),
    path("bank/programmes/<uuid:programme>/margins", margins.change, name="bank_margins"),
]

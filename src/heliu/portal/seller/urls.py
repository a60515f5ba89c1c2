"""The seller's addresses."""

from __future__ import annotations

from django.urls import path

from heliu.portal.seller import dealers, goods, home, orders, prices, programmes, refunds

urlpatterns = [
    path("seller/", home.home, name="seller_home"),
    path("seller/orders", orders.index, name="seller_orders"),
    path("seller/orders/confirm", orders.confirm, name="seller_confirm"),
    path("seller/prices", prices.index, name="seller_prices"),
    path("seller/goods", goods.index, name="seller_goods"),
    path("seller/dealers", dealers.index, name="seller_dealers"),
    path("seller/programmes", programmes.index, name="seller_programmes"),
    path("seller/refunds", refunds.index, name="seller_refunds"),
    path("seller/refunds/<uuid:count>/settle", refunds.settle, name="seller_settle"),
]

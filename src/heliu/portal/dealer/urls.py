"""The dealer's addresses."""

from __future__ import annotations

from django.urls import path

from heliu.portal.dealer import (
    asking,
    catalogue,
    checkout,
    comparing,
    contracts,
    finance,
    goods,
    home,
    owed,
    pad_views,
    pick_ups,
    plans,
    price,
    quotes,
    shopping,
    simulator,
    vat,
)

urlpatterns = [
    path("dealer/", home.home, name="dealer_home"),
    path("dealer/catalogue", catalogue.index, name="dealer_catalogue"),
    path("dealer/catalogue/hints", catalogue.hints, name="dealer_hints"),
    path("dealer/catalogue/compare", goods.compare, name="dealer_compare"),
    path("dealer/catalogue/<uuid:sku>", goods.goods, name="dealer_goods"),
    path("dealer/papers/<uuid:paper>", goods.paper, name="dealer_paper"),
    path("dealer/papers/<uuid:paper>/small", goods.thumb, name="dealer_thumb"),
    path("dealer/price", price.price, name="dealer_price"),
    path("dealer/cart", catalogue.put, name="dealer_cart"),
    path("dealer/suggest", catalogue.suggest, name="dealer_suggest"),
    path("dealer/pad", pad_views.pad, name="dealer_pad"),
    path("dealer/pad/bad", pad_views.bad_rows, name="dealer_pad_bad"),
    path("dealer/pad/price", pad_views.price, name="dealer_pad_price"),
    path("dealer/pad/add", pad_views.add, name="dealer_pad_add"),
    path("dealer/lists", shopping.index, name="dealer_lists"),
    path("dealer/lists/new", shopping.keep, name="dealer_list_new"),
    path("dealer/lists/<uuid:list_id>", shopping.shopping_list, name="dealer_list"),
    path("dealer/lists/<uuid:list_id>/drop", shopping.drop, name="dealer_list_drop"),
    path("dealer/lists/<uuid:list_id>/recur", plans.set_up, name="dealer_recur"),
    path("dealer/recurring/<uuid:recurring_id>", plans.plan, name="dealer_recurring"),
    path("dealer/recurring/<uuid:recurring_id>/act", plans.act, name="dealer_recurring_act"),
    path("dealer/sellers", asking.sellers, name="dealer_sellers"),
    path("dealer/contracts", contracts.index, name="dealer_contracts"),
    path(
        "dealer/contracts/<uuid:contract>/decide", contracts.decide, name="dealer_contract_decide"
    ),
    path("dealer/contracts/changes/<uuid:change>", contracts.answer, name="dealer_contract_answer"),
    path("dealer/bought", shopping.bought_before, name="dealer_bought"),
    path("dealer/again/<str:number>", shopping.again, name="dealer_again"),
    path("dealer/quotes/ask", quotes.ask, name="dealer_quote_ask"),
    path("dealer/checkout", checkout.checkout, name="dealer_checkout"),
    path("dealer/own-money", comparing.own_money, name="dealer_own_money"),
    path("dealer/finance", finance.finance, name="dealer_finance"),
    path("dealer/finance/<str:number>", simulator.simulator, name="dealer_simulator"),
    path("dealer/vat", vat.index, name="dealer_vat"),
    path("dealer/owed", owed.index, name="dealer_owed"),
    path("dealer/owed/<uuid:seller>", owed.seller, name="dealer_owed_seller"),
    path(
        "dealer/owed/<uuid:seller>/statement.pdf", owed.statement, name="dealer_account_statement"
    ),
    path("dealer/invoices/<str:number>/dispute", owed.dispute, name="dealer_dispute"),
    path("dealer/pick-ups", pick_ups.pick_ups, name="dealer_pick_ups"),
    path("dealer/pick-ups/<str:number>", pick_ups.code, name="dealer_code"),
]

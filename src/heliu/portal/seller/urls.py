"""The seller's addresses."""

from __future__ import annotations

from django.urls import path

from heliu.portal.seller import (
    dealers,
    goods,
    home,
    newcomers,
    orders,
    price_files,
    price_lists,
    price_sheets,
    prices,
    programmes,
    receivables,
    refunds,
    supply,
    suspense,
    terms_sheets,
)

urlpatterns = [
    path("seller/", home.home, name="seller_home"),
    path("seller/orders", orders.index, name="seller_orders"),
    path("seller/orders/confirm", orders.confirm, name="seller_confirm"),
    path("seller/prices", prices.index, name="seller_prices"),
    path("seller/prices/lists", price_lists.index, name="seller_price_lists"),
    path("seller/prices/lists/new", price_sheets.new_list, name="seller_price_list_new"),
    path("seller/prices/promotions/new", price_sheets.promotion, name="seller_promotion_new"),
    path(
        "seller/prices/promotions/<str:code>/stop", price_lists.stop, name="seller_promotion_stop"
    ),
    path("seller/prices/contracts/new", price_sheets.contract, name="seller_contract_new"),
    path("seller/prices/files/<uuid:file>", price_files.progress, name="seller_price_file"),
    path(
        "seller/prices/files/<uuid:file>/cancel",
        price_files.cancel,
        name="seller_price_file_cancel",
    ),
    path(
        "seller/prices/files/<uuid:file>/left-out.csv",
        price_files.left_out,
        name="seller_price_file_bad",
    ),
    path("seller/prices/lists/<str:code>", price_lists.prices, name="seller_price_list"),
    path("seller/prices/lists/<str:code>/version", price_lists.version, name="seller_version"),
    path("seller/prices/lists/<str:code>/give", price_sheets.give, name="seller_price_list_give"),
    path("seller/prices/lists/<str:code>/file", price_files.bring, name="seller_price_bring"),
    path("seller/prices/lists/<str:code>/export", price_files.export, name="seller_price_export"),
    path("seller/goods", goods.index, name="seller_goods"),
    path("seller/supply", supply.index, name="seller_supply"),
    path("seller/supply/allow", supply.allow, name="seller_supply_allow"),
    path("seller/supply/expect", supply.expect, name="seller_supply_expect"),
    path("seller/supply/<uuid:expected>/arrived", supply.arrived, name="seller_supply_arrived"),
    path("seller/supply/<uuid:expected>/postpone", supply.postpone, name="seller_supply_postpone"),
    path("seller/supply/<uuid:expected>/off", supply.call_off, name="seller_supply_off"),
    path("seller/dealers", dealers.index, name="seller_dealers"),
    path("seller/newcomers", newcomers.index, name="seller_newcomers"),
    path("seller/programmes", programmes.index, name="seller_programmes"),
    path("seller/receivables", receivables.index, name="seller_receivables"),
    path("seller/receivables/<uuid:buyer>", receivables.account, name="seller_receivable"),
    path(
        "seller/receivables/<uuid:buyer>/statement.pdf",
        receivables.statement,
        name="seller_account_statement",
    ),
    path("seller/receivables/<uuid:buyer>/stop", receivables.stop, name="seller_stop"),
    path("seller/receivables/<uuid:buyer>/pass", terms_sheets.let_pass, name="seller_let_pass"),
    path("seller/receivables/<uuid:buyer>/terms", terms_sheets.terms, name="seller_terms"),
    path(
        "seller/receivables/<uuid:buyer>/payment",
        terms_sheets.payment,
        name="seller_terms_payment",
    ),
    path("seller/payments/<str:number>/take-back", receivables.take_back, name="seller_take_back"),
    path("seller/invoices/<str:number>/credit", terms_sheets.credit, name="seller_credit_note"),
    path("seller/invoices/<str:number>/write-off", terms_sheets.write_off, name="seller_write_off"),
    path("seller/ladder", terms_sheets.ladder, name="seller_ladder"),
    path("seller/suspense", suspense.index, name="seller_suspense"),
    path("seller/suspense/<uuid:row>", suspense.settle, name="seller_suspense_settle"),
    path("seller/refunds", refunds.index, name="seller_refunds"),
    path("seller/refunds/<uuid:count>/settle", refunds.settle, name="seller_settle"),
]

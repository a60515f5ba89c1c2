"""A deal's addresses; ``ref`` is its number, or its id."""

from __future__ import annotations

from django.urls import path

from heliu.portal.deal import (
    account_views,
    changes,
    default,
    duties,
    findings,
    freezes,
    index,
    invoices,
    money_views,
    prints,
    releases,
    selling,
    sending,
    views,
)

urlpatterns = [
    path("deals", index.index, name="deals"),
    path("deals/<str:ref>", views.deal, name="deal"),
    path("vat-invoices/<uuid:invoice>.pdf", prints.vat_invoice, name="vat_pdf"),
    path("deals/<str:ref>/sign", money_views.sign, name="deal_sign"),
    path("deals/<str:ref>/repay", money_views.repay, name="deal_repay"),
    path("deals/<str:ref>/set-off", money_views.set_off, name="deal_set_off"),
    path("deals/<str:ref>/default", default.default, name="deal_default"),
    path("deals/<str:ref>/duty", duties.pay, name="deal_duty"),
    path("sales/<str:number>", selling.sale, name="sale"),
    path("freezes", freezes.index, name="freezes"),
    path("freezes/<str:number>", freezes.detail, name="freeze"),
    path("deals/<str:ref>/unrefund", account_views.unrefund, name="deal_unrefund"),
    path("deals/<str:ref>/settle", account_views.settle, name="deal_settle"),
    path("deals/<str:ref>/invoice", invoices.lay, name="deal_invoice"),
    path("deals/<str:ref>/findings/ask", findings.ask, name="deal_findings_ask"),
    path("deals/<str:ref>/release/ask", releases.ask, name="deal_release_ask"),
    path("deals/<str:ref>/confirm", views.confirm, name="deal_confirm"),
    path("deals/<str:ref>/ship", sending.ship, name="deal_ship"),
    path("deals/<str:ref>/strike", sending.strike, name="deal_strike"),
    path("deals/<str:ref>/change", changes.change, name="deal_change"),
    path("deals/<str:ref>/change/answer", changes.answer, name="deal_change_answer"),
    path("deals/<str:ref>/cancel", views.cancel, name="deal_cancel"),
    path("deals/<str:ref>/agreement", views.agreement, name="deal_agreement"),
    path("deals/<str:ref>/agreement.pdf", prints.agreement, name="deal_agreement_pdf"),
    path("deals/<str:ref>/statement.pdf", prints.statement, name="deal_statement_pdf"),
    path("deals/<str:ref>/payments/<int:place>.pdf", prints.payment, name="deal_payment_pdf"),
    path("deals/<str:ref>/receipts/<str:number>.pdf", prints.receipt, name="deal_receipt_pdf"),
    path("deals/<str:ref>/receipts/<str:number>", views.receipt, name="deal_receipt"),
]

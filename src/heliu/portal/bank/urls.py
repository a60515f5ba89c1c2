"""The bank's addresses."""

from __future__ import annotations

from django.urls import path

from heliu.portal.bank import (
    books,
    caps,
    correction,
    drawdowns,
    facilities,
    overdue,
    payments,
    pledge_board,
    prints,
    programme_draft,
    programme_form,
    programmes,
    queue,
    reconciliation,
    registry,
    release_cap,
    repayments,
    ruling,
    suspense,
)
from heliu.portal.bank.reports import pages as reports

urlpatterns = [
    path("bank/", queue.queue, name="bank_queue"),
    path("bank/queue/<str:number>", queue.queue, name="bank_request"),
    path("bank/drawdowns", drawdowns.index, name="bank_drawdowns"),
    path("bank/repayments", repayments.index, name="bank_repayments"),
    path("bank/repayments/<str:number>", correction.payment, name="bank_repayment"),
    path("bank/pay-outs/<str:number>", correction.pay_out, name="bank_pay_out_day"),
    path("bank/limits", facilities.index, name="bank_facilities"),
    path("bank/limits/<str:number>", facilities.detail, name="bank_facility"),
    path("bank/limits/<str:number>/switch", facilities.switch, name="bank_facility_switch"),
    path("bank/limits/<str:number>/end", facilities.end, name="bank_facility_end"),
    path("bank/pledges", pledge_board.board, name="bank_pledges"),
    path("bank/overdue", overdue.index, name="bank_overdue"),
    path("bank/payments", payments.index, name="bank_payments"),
    path("bank/payments/<str:number>/again", payments.again, name="bank_pay_again"),
    path("bank/suspense", suspense.index, name="bank_suspense"),
    path("bank/suspense/<uuid:row>", suspense.settle, name="bank_suspense_settle"),
    path("bank/reconciliation", reconciliation.grid, name="bank_reconciliation"),
    path("bank/registry", registry.index, name="bank_registry"),
    path("bank/registry/search", registry.search, name="bank_registry_search"),
    path("bank/registry/<uuid:filing>/again", registry.again, name="bank_registry_again"),
    path("bank/registry/<str:number>/decide", registry.decide, name="bank_registry_decide"),
    path("bank/programmes", programmes.index, name="bank_programmes"),
    path("bank/programmes/new", programme_draft.new, name="bank_programme_new"),
    path("bank/programmes/drafts/<uuid:draft>", programme_draft.draft, name="bank_programme_draft"),
    path(
        "bank/programmes/drafts/<uuid:draft>/<str:act>",
        programme_draft.act,
        name="bank_programme_draft_act",
    ),
    path("bank/programmes/<uuid:programme>", programme_form.change, name="bank_programme"),
    path("bank/programmes/<uuid:programme>/release", release_cap.cap, name="bank_release_cap"),
    path("bank/quotas", caps.index, name="bank_caps"),
    path("bank/rules", ruling.index, name="bank_rules"),
    path("bank/rules/<int:number>", ruling.version, name="bank_rule_set"),
    path("bank/books", books.trial, name="bank_books"),
    *reports.urls(),
    path(
        "bank/dealers/<str:code>/statement.pdf",
        prints.dealer_statement,
        name="bank_dealer_statement",
    ),
]

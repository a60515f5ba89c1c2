"""The addresses every desk shares."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from heliu.portal.shell import (
    approval_rules,
    approvals,
    company,
    conversations,
    files,
    inbox,
    installed,
    newcomer,
    on_behalf,
    outward,
    people,
    periods,
    preferences,
    purchases,
    roles,
    security,
    seen,
    sign_in,
    spending,
    views,
    webhooks,
)
from heliu.portal.ui.views import gallery

urlpatterns = [
    path("", views.home, name="home"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("sw.js", installed.service_worker, name="service_worker"),
    path("offline/<str:language>", installed.offline, name="offline"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/second", sign_in.second, name="sign_in_second"),
    path("sign-in/passkey", sign_in.passkey, name="sign_in_passkey"),
    path("account/security", security.security, name="security"),
    path("account/passkey", security.passkey, name="passkey"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("desk", sign_in.switch_desk, name="switch_desk"),
    path("language", preferences.language, name="language"),
    path("theme", preferences.theme, name="theme"),
    path("density", preferences.density, name="density"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.read_all, name="inbox_read_all"),
    path("inbox/<uuid:notice>", inbox.read, name="inbox_read"),
    path("inbox/outward", outward.outward, name="outward"),
    path("conversations", conversations.index, name="conversations"),
    path("conversations/<slug:kind>/<str:ref>", conversations.conversation, name="conversation"),
    path("messages/<uuid:message>/take-back", conversations.take_back, name="message_take_back"),
    path("stop-mail/<str:token>", outward.stop, name="stop_mail"),
    path("approvals", approvals.index, name="approvals"),
    path("approvals/away", approvals.away, name="approvals_away"),
    path("requests", purchases.index, name="purchases"),
    path("requests/<str:number>", purchases.purchase, name="purchase"),
    path("company/spending", spending.spending, name="spending"),
    path("approvals/rules", approval_rules.rules, name="approval_rules"),
    path("approvals/<uuid:approval>", approvals.approval, name="approval"),
    path("files/<uuid:file>", files.file, name="file"),
    path("find", views.find, name="find"),
    path("help", views.help_page, name="help"),
    path("company", company.company, name="company"),
    path("company/joining", newcomer.joining, name="joining"),
    path("company/joining/address", newcomer.address, name="joining_address"),
    path("company/people", people.index, name="people"),
    path("company/on-behalf", on_behalf.company, name="company_behalf"),
    path("on-behalf/leave", on_behalf.leave, name="behalf_leave"),
    path("company/roles", roles.index, name="roles"),
    path("company/seen", seen.index, name="seen"),
    path("company/periods", periods.index, name="periods"),
    path("company/periods/<uuid:period>", periods.period, name="period"),
    path("company/webhooks", webhooks.index, name="webhooks"),
    path("company/webhooks/new", webhooks.new, name="webhook_new"),
    path("company/webhooks/<uuid:webhook>", webhooks.webhook, name="webhook"),
    path("company/webhooks/<uuid:webhook>/change", webhooks.change, name="webhook_change"),
    path("company/webhooks/<uuid:webhook>/act", webhooks.act, name="webhook_act"),
    path("company/webhooks/<uuid:webhook>/replay", webhooks.replay, name="webhook_replay"),
    path(
        "company/webhooks/<uuid:webhook>/messages/<int:delivery>",
        webhooks.delivery,
        name="webhook_delivery",
    ),
    path("company/consents/<uuid:disclosure>", company.withdraw, name="withdraw_consent"),
]

if settings.DEMO:
    urlpatterns += [
        path("clock", views.advance_clock, name="advance_clock"),
        path("parts", gallery, name="gallery"),
    ]

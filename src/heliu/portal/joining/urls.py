"""The addresses before the door (`config.door.OPEN`)."""

from __future__ import annotations

from django.urls import path

from heliu.portal.joining import arriving, pages, passwords

urlpatterns = [
    path("join/", pages.sign_up, name="join"),
    path("join/sent", pages.sent, name="join_sent"),
    path("join/invited/<str:token>", pages.invited, name="join_invited"),
    path("join/colleague/<str:token>", arriving.colleague, name="join_colleague"),
    path("join/by-domain", arriving.ask, name="join_by_domain"),
    path("join/by-domain/<str:token>", arriving.by_domain, name="join_asking"),
    path("join/confirm/<str:token>", pages.confirm, name="join_confirm"),
    path("sign-in/forgotten", passwords.forgotten, name="forgotten"),
    path("sign-in/password/<str:token>", passwords.renew, name="password_renew"),
]

"""The carrier's addresses."""

from __future__ import annotations

from django.urls import path

from heliu.portal.carrier import carriage, home

urlpatterns = [
    path("carrier/", home.home, name="carrier_home"),
    path("carrier/<str:number>", carriage.show_one, name="carrier_carriage"),
    path("carrier/<str:number>/said", carriage.seen, name="carrier_seen"),
    path("carrier/<str:number>/wrong", carriage.went_wrong, name="carrier_wrong"),
    path("carrier/<str:number>/wrong/<uuid:exception>", carriage.settle, name="carrier_settle"),
    path("carrier/<str:number>/handed-over", carriage.hand_over, name="carrier_hand_over"),
]

"""The warehouse's addresses."""

from __future__ import annotations

from django.urls import path

from heliu.portal.warehouse import (
    home,
    lot,
    pick_ups,
    plan,
    pledge_board,
    reach,
    receipts,
    receive,
    scan,
    stock,
)

urlpatterns = [
    path("warehouse/", home.home, name="warehouse_home"),
    path("warehouse/receive", receive.index, name="warehouse_receive"),
    path("warehouse/receive/<str:number>", receive.count, name="warehouse_count"),
    path("warehouse/receive/<str:number>/arrived", receive.arrived, name="warehouse_arrived"),
    path("warehouse/counts", receive.counts, name="warehouse_counts"),
    path("warehouse/scan", scan.scan, name="warehouse_scan"),
    path("warehouse/pick-ups", pick_ups.index, name="warehouse_pick_ups"),
    path("warehouse/map", plan.index, name="warehouse_map"),
    path("warehouse/houses/<uuid:house>", reach.sheet, name="warehouse_reach"),
    path("warehouse/lots", stock.index, name="warehouse_stock"),
    path("warehouse/lots/<uuid:pk>", lot.lot, name="warehouse_lot"),
    path("warehouse/receipts", receipts.index, name="warehouse_receipts"),
    path("pledges", pledge_board.index, name="pledge_board"),
]

"""All pages, desk by desk; `heliu.config.urls` mounts them at the root."""

from __future__ import annotations

from heliu.portal.bank.urls import urlpatterns as bank
from heliu.portal.carrier.urls import urlpatterns as carrier
from heliu.portal.deal.urls import urlpatterns as deal
from heliu.portal.dealer.urls import urlpatterns as dealer
from heliu.portal.joining.urls import urlpatterns as joining
from heliu.portal.operator.urls import urlpatterns as operator
from heliu.portal.pools.urls import urlpatterns as pools
from heliu.portal.seller.urls import urlpatterns as seller
from heliu.portal.shell.urls import urlpatterns as shell
from heliu.portal.shop.urls import urlpatterns as shop
from heliu.portal.warehouse.urls import urlpatterns as warehouse

urlpatterns = [
    *joining, *shell, *shop, *deal, *pools, *dealer, *seller, *warehouse, *carrier, *bank,
    *operator,
]  # fmt: skip

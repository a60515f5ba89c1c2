"""Fields of rates and shares."""

from __future__ import annotations

from decimal import Decimal

from django.db import models


def rate_field(default: str) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(default))


def share_field(default: str) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(default))

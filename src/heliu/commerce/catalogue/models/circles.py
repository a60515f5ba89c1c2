"""Whom restricted goods are for."""

from __future__ import annotations

from django.db import models

from heliu.commerce.catalogue.models.named import Named
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id


class Circle(Named):
    """Some of a seller's buyers, one or many, who see goods that others do not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "code"], name="a_circle_once")]


class CircleMember(models.Model):
    """A buyer in a circle."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="members")
    seller = models.UUIDField()
    buyer = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circle", "buyer"], name="a_buyer_once_in_a_circle")
        ]
        indexes = [models.Index(fields=["buyer"], name="circle_member_buyer")]


class CircleGoods(models.Model):
    """An article for a circle; one that is in none is for every buyer."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="goods")
    seller = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="circles")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circle", "sku"], name="an_article_once_in_a_circle")
        ]

"""How pledged goods cover their debt."""

from __future__ import annotations

from django.db import models

from heliu.logistics.pledges.models import Pledge


class Cover(models.Model):
    """How the goods still bound by a pledge cover its debt, in fen: a view, `sql/cover.sql`.

    `debt` is what no margin secures (`Loan.exposure`), `percent` the loan to value now and `agreed`
    the one of the loan, in per cent; `gap` is what of the debt passes that share of the goods, else
    0. `ready` are the units released and not picked up yet; goods lie there `since` a day. Who may
    not see the loan reads no debt.
    """

    pledge = models.OneToOneField(
        Pledge, primary_key=True, on_delete=models.DO_NOTHING, related_name="cover"
    )
    quantity = models.BigIntegerField()
    ready = models.BigIntegerField()
    since = models.DateField()
    value = models.BigIntegerField()
    debt = models.BigIntegerField(null=True)
    percent = models.DecimalField(max_digits=20, decimal_places=1, null=True)
    agreed = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    gap = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "trade_cover"

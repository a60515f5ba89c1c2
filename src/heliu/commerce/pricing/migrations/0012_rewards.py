"""Promotions of whole orders: an amount or a share off, goods for free; a budget is never passed."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parent.parent / "sql"
# What was given beyond a budget, when the order that reached it was still served, is given.
WITHIN = "update pricing_promotion set spent = budget where spent > budget"


class Migration(migrations.Migration):
    reviewed = (
        "Promotions are few, and what was allowed of them still is; what they gave is as it was."
        " A budget that old code would pass is what must not be."
    )

    dependencies = [("pricing", "0011_contracts"), ("posting", "0002_functions")]

    operations = [
        migrations.AddField(
            model_name="promotion",
            name="gift",
            field=models.ForeignKey(
                blank=True, null=True, db_index=False, related_name="+",
                on_delete=django.db.models.deletion.PROTECT, to="goods.sku",
            ),
        ),
        migrations.AddField(
            model_name="promotion",
            name="gift_quantity",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="discount",
            name="kind",
            field=models.CharField(
                choices=[("PIECE", "Off each piece"), ("ORDER", "Off the whole order"), ("GIFT", "Goods for free")],
                db_default="PIECE", default="PIECE", max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="discount",
            name="back",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="effect",
            field=models.CharField(
                choices=[
                    ("PERCENT", "Percent off"), ("AMOUNT", "Amount off each"), ("PRICE", "Special price"),
                    ("ORDER", "Off the whole order"), ("GOODS", "Goods for free"),
                ],
                max_length=7,
            ),
        ),
        migrations.RemoveConstraint(model_name="promotion", name="promotion_effect_known"),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=Q(effect__in=["PERCENT", "ORDER"], percent__gt=0, percent__lte=100, amount__isnull=True, gift_quantity__isnull=True)
                | Q(effect__in=["AMOUNT", "PRICE", "ORDER"], percent__isnull=True, amount__gte=0, gift_quantity__isnull=True)
                | Q(effect="GOODS", percent__isnull=True, amount__isnull=True, gift_quantity__gt=0),
                name="promotion_effect_is_known",
            ),
        ),
        migrations.RunSQL(WITHIN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(spent__lte=F("budget")), name="promotion_within_budget"
            ),
        ),
        migrations.RemoveConstraint(model_name="discount", name="discount_amount"),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=Q(quantity__gt=0, after__gte=0, before__gte=F("after"), amount__gte=0)
                & (
                    Q(kind="ORDER", before=0)
                    | Q(kind__in=["PIECE", "GIFT"]) & Q(amount=F("quantity") * (F("before") - F("after")))
                ),
                name="discount_is_its_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=Q(back__gte=0, back__lte=F("quantity")), name="discount_back_in_bounds"
            ),
        ),
        migrations.RunSQL(
            [(SQL / f"pricing_{name}.sql").read_text() for name in ("answer_0016", "rewards")],
            migrations.RunSQL.noop,
        ),
    ]

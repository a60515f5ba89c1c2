"""Goods that were free may be given back by themselves: what is asked for them is nothing."""

from django.db import migrations, models
from django.db.models import F, Q

NAME = "return_gives_no_more_than_asked"


class Migration(migrations.Migration):
    reviewed = "The new rule lets in all that the old one did, and nothing besides but an amount of nought."

    dependencies = [("returns", "0004_marks")]
    operations = [
        migrations.RemoveConstraint(model_name="return", name=NAME),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=(Q(amount__gt=0) | Q(amount=0) & ~Q(remedy="ALLOWANCE"))
                & Q(credited__gte=0, credited__lte=F("amount"))
                & Q(refund__gte=0, refund__lte=F("credited")),
                name=NAME,
            ),
        ),
    ]

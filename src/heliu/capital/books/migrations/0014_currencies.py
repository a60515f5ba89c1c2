"""Accounts in another currency have it behind their code."""

from django.db import migrations, models

from heliu.capital.books.chart import Code

RULE = "account_code_known"


class Migration(migrations.Migration):
    reviewed = "The codes grow by those of other currencies, which old code does not write."
    dependencies = [("books", "0013_totals")]
    operations = [
        migrations.RemoveConstraint("account", RULE),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(code__in=Code.values)
                | models.Q(code__regex=r"^[a-z_]+@[A-Z]{3}$"),
                name=RULE,
            ),
        ),
    ]

"""A programme is read by all it finances, and written by its lender alone."""

from django.db import migrations

OWN = "lender = any ((select heliu_orgs())::uuid[])"


class Migration(migrations.Migration):
    dependencies = [("credit", "0005_modes")]

    operations = [
        migrations.RunSQL(
            [
                "create policy lender_adds on credit_programme as restrictive for insert"
                f" to heliu_web with check ({OWN})",
                "create policy lender_changes on credit_programme as restrictive for update"
                f" to heliu_web using ({OWN}) with check ({OWN})",
                "create policy lender_deletes on credit_programme as restrictive for delete"
                f" to heliu_web using ({OWN})",
            ],
            [
                "drop policy lender_adds on credit_programme",
                "drop policy lender_changes on credit_programme",
                "drop policy lender_deletes on credit_programme",
            ],
        ),
    ]

"""Who sees terms, invoices and payments; numbers of invoices and payments."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

PAIR = ("seller", "buyer")


class Migration(migrations.Migration):
    dependencies = [("terms", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("terms_terms", *PAIR),
        police("terms_invoice", *PAIR),
        police("terms_payment", *PAIR),
        police("terms_allocation", *PAIR),
        police("terms_reminder", *PAIR),
        police("terms_dunninglevel", "seller"),
        migrations.RunSQL(
            "revoke delete, truncate on terms_terms, terms_invoice, terms_payment,"
            " terms_allocation, terms_reminder from heliu_web",
            "grant delete on terms_terms, terms_invoice, terms_payment, terms_allocation,"
            " terms_reminder to heliu_web",
        ),
        migrations.RunSQL("create sequence number_iv", "drop sequence number_iv"),
        migrations.RunSQL("create sequence number_tp", "drop sequence number_tp"),
    ]

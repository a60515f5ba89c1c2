"""A quote is seen by its two sides; what was said is never changed."""

from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("quotes", "0001_initial"), ("access", "0002_policies")]
    operations = [
        police("quotes_quote", "buyer", "seller"),
        police("quotes_quoteversion", "buyer", "seller"),
        police("quotes_quoteline", "buyer", "seller"),
        migrations.RunSQL(
            "revoke update, delete, truncate on quotes_quoteversion, quotes_quoteline"
            " from heliu_web, heliu_worker",
            "grant update, delete, truncate on quotes_quoteversion, quotes_quoteline"
            " to heliu_web, heliu_worker",
        ),
        migrations.RunSQL("create sequence number_qt", "drop sequence number_qt"),
    ]

"""A return is seen by its two sides."""

from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial"), ("access", "0002_policies")]
    operations = [
        police("returns_return", "buyer", "seller"),
        police("returns_returnline", "buyer", "seller"),
        police("returns_givenback", "buyer", "seller"),
        migrations.RunSQL("create sequence number_rt", "drop sequence number_rt"),
    ]

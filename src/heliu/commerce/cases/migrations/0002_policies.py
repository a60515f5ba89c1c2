"""A case is seen by its two sides, a service level by its seller and those who buy from it."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

READ = """create policy promised on cases_servicelevel for select to heliu_web using (
  exists (select from parties_tradingrelationship r
           where r.seller = cases_servicelevel.seller
             and r.buyer = any ((select heliu_orgs())::uuid[])))"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"), ("access", "0002_policies"), ("parties", "0009_standing"),
    ]
    operations = [
        police("cases_case", "buyer", "seller"),
        police("cases_servicelevel", "seller"),
        migrations.RunSQL(READ, "drop policy promised on cases_servicelevel"),
        migrations.RunSQL("create sequence number_cs", "drop sequence number_cs"),
    ]

"""Who sees what a house lets its people spend; the gate that orders pass."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("spending", "0001_initial"),
        ("access", "0001_initial"),
        ("approvals", "0001_initial"),
        ("parties", "0001_initial"),
        ("posting", "0002_functions"),
        ("goods", "0001_initial"),
    ]
    operations = [
        police("spending_house", "org"),
        police("spending_costcentre", "org"),
        police("spending_spender", "org"),
        police("spending_budget", "org"),
        police("spending_budgetperiod", "org"),
        police("spending_charge", "org", "buyer"),
        police("spending_ordercentre", "org"),
        police("spending_purchaserule", "org"),
        police("spending_purchaserequest", "buyer"),
        police("spending_requestline", "buyer"),
        migrations.RunSQL("create sequence number_pr", "drop sequence number_pr"),
        *(
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in ("above", "met_0002", "gate")
        ),
    ]

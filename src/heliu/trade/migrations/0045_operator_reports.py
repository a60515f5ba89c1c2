"""Reports for an operator, what happened day by day, and more of what waits; findings that ended."""

from pathlib import Path

from django.db import migrations, models

from heliu.kernel.access.row_policies import police

SQL = Path(__file__).parent.parent / "sql"
FUNCTIONS = "operator_deals_open(), operator_lent(date), operator_aged(date), operator_months()"
KEPT = "trade_days_told(date, date), trade_keep_days(date)"


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0044_book_sums"),
        ("registry", "0001_initial"),
        ("events", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("name", models.CharField(max_length=12)),
                ("n", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["day", "name"], name="one_total_per_day")
                ]
            },
        ),
        police("trade_daytotal", condition="false"),
        migrations.AddField("finding", "ended_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(
            "grant update (ended_at) on trade_finding to heliu_web, heliu_worker",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [
                (SQL / "operator_reports.sql").read_text(),
                (SQL / "operator_waiting.sql").read_text(),
                f"revoke execute on function {FUNCTIONS}, {KEPT} from public",
                f"grant execute on function {FUNCTIONS} to heliu_web",
                f"grant execute on function {KEPT} to heliu_worker",
            ],
            [f"drop function {FUNCTIONS}, {KEPT}"],
        ),
    ]

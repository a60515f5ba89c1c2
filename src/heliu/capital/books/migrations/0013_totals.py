"""What stands in a book is kept in sums."""

from pathlib import Path

from django.db import migrations, models

from heliu.kernel.access.row_policies import police

TOTALS = (Path(__file__).parent.parent / "sql" / "totals.sql").read_text()
INSIDE = ("books_sum_up(int)", "books_walked(uuid)", "books_summed(uuid)")
GRANTS = [
    *(f"revoke execute on function {one} from public" for one in INSIDE),
    *(f"grant execute on function {one} to heliu_worker" for one in INSIDE),
]
DROP = [f"drop function {one}" for one in INSIDE]


class Migration(migrations.Migration):
    dependencies = [("books", "0012_duty"), ("access", "0002_policies")]
    operations = [
        migrations.CreateModel(
            name="Total",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("org", models.UUIDField()),
                ("code", models.CharField(max_length=24)),
                ("other", models.UUIDField(blank=True, null=True)),
                ("amount", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "code", "other"),
                        name="one_total_per_place",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TotalMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("upto", models.BigIntegerField()),
            ],
        ),
        police("books_total", "org"),
        migrations.RunSQL("insert into books_totalmark (upto) values (0)", migrations.RunSQL.noop),
        migrations.RunSQL([TOTALS, *GRANTS], DROP),
    ]

"""A line may be wished in parts, each by its day; the parts are all of it."""

from django.db import migrations, models

SUM = """create or replace function ordering_parts_sum(parts jsonb) returns bigint
language sql immutable parallel safe as
$$ select sum((p ->> 'quantity')::bigint) from jsonb_array_elements(parts) p $$"""
WHOLE = "order_line_is_its_parts"


class Migration(migrations.Migration):
    reviewed = "Old code writes no parts: what it writes meets the constraint."
    dependencies = [("ordering", "0011_ship_to")]
    operations = [
        migrations.AddField("orderline", "parts", models.JSONField(blank=True, null=True)),
        migrations.RunSQL(SUM, "drop function ordering_parts_sum(jsonb)"),
        migrations.RunSQL(
            f"alter table ordering_orderline add constraint {WHOLE}"
            " check (parts is null or ordering_parts_sum(parts) = quantity) not valid",
            f"alter table ordering_orderline drop constraint {WHOLE}",
        ),
    ]

"""Goods that come free for the deposit leave goods worth the debt: the cover that was agreed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("lending", "0005_release_mode"),
        ("trade", "0015_default"),
    ]
    operations = [
        migrations.RunSQL((SQL / "cover.sql").read_text(), (SQL / "cover_0010.sql").read_text()),
    ]

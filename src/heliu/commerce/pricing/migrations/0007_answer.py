"""One answer about prices: versions, computed lists, contracts and promotions have their say."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police, read_only

ANSWER = (Path(__file__).parent.parent / "sql" / "pricing_answer_0016.sql").read_text()


class Migration(migrations.Migration):
    reviewed = "What web may not write is a table nobody wrote before."
    dependencies = [("pricing", "0006_books")]
    operations = [
        police("pricing_contract", "seller", "buyer"),
        police("pricing_promotion", "seller"),
        police("pricing_promotiongoods", "seller"),
        police("pricing_promotionbuyer", "seller"),
        police("pricing_discount", "seller", "buyer"),
        read_only("pricing_discount"),
        migrations.RunSQL(ANSWER, migrations.RunSQL.noop),
    ]

"""Whose the descriptions are; the search by questions and facets in place of the one by patterns.

Rows that stand in the search table already are found as before until their goods are written again.
"""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police

SQL = Path(__file__).parent.parent / "sql"
NAMES = (
    "catalogue_slips",
    "catalogue_near",
    "catalogue_circles",
    "catalogue_admits",
    "catalogue_where",
    "catalogue_filters",
    "catalogue_seek",
    "catalogue_facets",
    "catalogue_lookup",
    "catalogue_enter",
)
# They answer whatever they are asked: only the functions of the owner may ask.
INNER = ("catalogue_circles(uuid[])", "catalogue_admits(uuid, uuid)")
KNOWN = (
    "seller in (select knows from parties_acquaintance"
    " where org = any ((select heliu_orgs())::uuid[]))"
)
OWN_CIRCLES = (
    "circle_id in (select m.circle_id from catalogue_circlemember m"
    " where m.buyer = any ((select heliu_orgs())::uuid[]))"
)
DESCRIBED = (
    "attribute", "category", "choice", "pack", "paper", "placement", "product", "shop", "value",
)  # fmt: skip


class Migration(migrations.Migration):
    reviewed = "Rights are taken on tables that are new, and their indexes hold nothing yet."
    dependencies = [
        ("catalogue", "0003_described"),
        ("access", "0002_policies"),
        ("parties", "0002_policies"),
    ]
    operations = [
        *(police(f"catalogue_{name}", "seller", condition=KNOWN) for name in DESCRIBED),
        police("catalogue_circle", "seller"),
        police("catalogue_ring", "seller"),
        police("catalogue_circlemember", "seller", "buyer"),
        police("catalogue_circlegoods", "seller", condition=OWN_CIRCLES),
        migrations.RunSQL(
            [
                "revoke all on catalogue_word from heliu_web",
                "create index word_slips on catalogue_word using gin (slips)",
                "create index word_pieces on catalogue_word using gin (word gin_trgm_ops)",
            ],
            migrations.RunSQL.noop,
        ),
        *(
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in NAMES
        ),
        migrations.RunSQL(
            [f"revoke execute on function {function} from public" for function in INNER],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "update catalogue_entry set title = text, facets = array['family=' || family]",
            migrations.RunSQL.noop,
        ),
    ]

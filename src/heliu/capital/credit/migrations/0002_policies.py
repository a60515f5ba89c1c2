"""A programme is its lender's and seller's, and read by those it finances; the rest is of a pair."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

FINANCED = (
    "id in (select programme_id from credit_facility"
    " where borrower = any ((select heliu_orgs())::uuid[]))"
)
FROZEN = """
create function credit_assessment_frozen() returns trigger language plpgsql as
$$ begin raise exception 'an assessment is written once' using errcode = 'HL405'; end $$;
create trigger frozen before update or delete or truncate on credit_creditassessment
    for each statement execute function credit_assessment_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("credit_facility", "borrower", "lender"),
        police("credit_creditassessment", "borrower", "lender"),
        police("credit_programme", "lender", "seller", condition=FINANCED),
        migrations.RunSQL(
            FROZEN,
            "drop trigger frozen on credit_creditassessment;"
            " drop function credit_assessment_frozen();",
        ),
    ]

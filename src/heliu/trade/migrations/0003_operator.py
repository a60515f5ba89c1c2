"""What an operator may ask about everybody, through functions that give it nothing more.

The row policies show an operator its own rows only. These functions run as the owner, check that
the transaction acts for an operator, and return counts, document numbers, states, times and names
of parties. They never return the amount of a single deal, the name of goods or of a person; sums
of money come per book or over all books.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
FUNCTIONS = (
    "operator_codes()",
    "operator_books(int, int)",
    "operator_workers()",
    "operator_jobs()",
    "operator_heads(int, int)",
    "operator_seconds(timestamptz, int)",
    "operator_spans(timestamptz)",
    "operator_states(uuid)",
    "operator_relationships(uuid, int)",
    "operator_people(uuid)",
    "operator_parties(text, text, int, int)",
    "operator_documents(text)",
    "operator_steps(text)",
    "operator_deal(text)",
    "operator_names(uuid[])",
    "operator_pulse(timestamptz)",
    "operator_waiting(timestamptz)",
    "operator_counts(date)",
    "operator_flows(date, int)",
    "operator_asks()",
)
ALL = ", ".join(FUNCTIONS)
# Facts are written in the order of time, so a few pages of this index find a day among years.
DAYS = "create index fact_days on events_fact using brin (at)"


class Migration(migrations.Migration):
    reviewed = "Before the first release: no table is large."
    dependencies = [
        ("trade", "0002_policies"),
        ("books", "0002_policies"),
        ("bank", "0002_policies"),
        ("events", "0002_policies"),
        ("jobs", "0001_grants"),
        ("lending", "0002_policies"),
        ("ordering", "0002_policies"),
        ("parties", "0002_policies"),
        ("pledges", "0002_policies"),
        ("posting", "0002_functions"),
    ]
    operations = [
        migrations.RunSQL(
            [
                (SQL / "operator.sql").read_text(encoding="utf-8"),
                (SQL / "operator_books_0003.sql").read_text(encoding="utf-8"),
                f"revoke execute on function {ALL} from public",
                f"grant execute on function {ALL} to heliu_web",
            ],
            f"drop function {ALL}",
        ),
        migrations.RunSQL(DAYS, "drop index fact_days"),
    ]

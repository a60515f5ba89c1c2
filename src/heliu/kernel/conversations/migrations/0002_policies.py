"""A conversation is seen by its houses; a note by its own; the rest of it by whoever sees it."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

# `offset 0`: looked up row by row, never gathered into a hash of all conversations.
SEEN = """exists (select from conversations_conversation c
    where c.id = conversation_id offset 0)"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial"), ("access", "0002_policies")]
    operations = [
        police("conversations_conversation", array="houses"),
        police("conversations_message", "org", condition=f"not is_note and {SEEN}"),
        police("conversations_reading", "org", condition=SEEN),
        migrations.RunSQL(
            [
                "revoke delete, truncate on conversations_conversation from heliu_web",
                "revoke delete, truncate on conversations_message from heliu_web",
            ],
            migrations.RunSQL.noop,
        ),
    ]

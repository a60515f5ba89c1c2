"""A lender has one quota for a seller (`Cap`), over all its programmes. The programme's own is read
no more; until a later version drops it, old code finds one there that binds nobody."""

from django.db import migrations, models

UNBOUND = """
alter table credit_programme alter column seller_quota set default 1000000000000000
"""
BOUND = "alter table credit_programme alter column seller_quota drop default"


class Migration(migrations.Migration):

    dependencies = [
        ('credit', '0011_drafts'),
    ]

    operations = [
        migrations.RunSQL(UNBOUND, BOUND),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(model_name='programme', name='caps_not_negative'),
                migrations.RemoveField(model_name='programme', name='seller_quota'),
                migrations.AddConstraint(
                    model_name='programme',
                    constraint=models.CheckConstraint(condition=models.Q(('auto_approve_cap__gte', 0), ('single_name_cap__gte', 0)), name='caps_not_negative'),
                ),
            ],
        ),
    ]

"""Room for the next version of each loan beside it.

The close of day changes every running loan; where the page has room the indexes stay as they are.
The agreements, which never change, lie apart, so that a version is not two thousand bytes.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lending", "0002_policies")]
    operations = [
        migrations.RunSQL(
            "alter table lending_loan set (fillfactor = 50, toast_tuple_target = 512)",
            "alter table lending_loan reset (fillfactor, toast_tuple_target)",
        )
    ]

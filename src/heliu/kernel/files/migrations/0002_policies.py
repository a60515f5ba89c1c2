from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("access", "0001_initial")]
    operations = [police("files_storedfile", "org", array="readers")]

"""How a bill was paid is known to the two it is between; a lender reads it through the file."""

from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("credit_file", "0001_initial"), ("access", "0001_initial")]
    operations = [police("credit_file_paymentexperience", "buyer", "seller")]

"""A to-do is seen by its house."""

from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("todos", "0001_initial"), ("access", "0002_policies")]
    operations = [police("todos_todo", "org")]

"""A to-do that is changed keeps what it said before."""

import django.db.models.deletion
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("todos", "0002_policies"), ("access", "0002_policies")]
    operations = [
        migrations.CreateModel(
            name="TodoChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("org", models.UUIDField()),
                ("text", models.CharField(max_length=200)),
                ("owner_name", models.CharField(max_length=80)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("todo", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="todos.todo")),
            ],
            options={"ordering": ["todo_id", "id"]},
        ),
        police("todos_todochange", "org"),
    ]

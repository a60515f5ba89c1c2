from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0003_actors")]
    operations = [
        migrations.CreateModel(
            name="FailedSignIn",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account", models.BinaryField(max_length=32)),
                ("address", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "at"], name="failed_sign_in_account"),
                    models.Index(fields=["address", "at"], name="failed_sign_in_address"),
                ]
            },
        ),
    ]

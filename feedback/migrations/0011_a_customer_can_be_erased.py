from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # Old rows are looked at beside the work.
    atomic = False

    dependencies = [
        ("feedback", "0010_reminders_and_skips_are_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("erased_at__isnull", True))
                | models.Q(("attributes", {}), ("email", ""), ("language", ""), ("name", ""), ("sort_name", "")),
                name="erased_customer_is_nobody",
            ),
        ),
        ValidateConstraint(model_name="customer", name="erased_customer_is_nobody"),
    ]

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built and looked at beside the work: nobody waits for an index or for the check of old rows.
    atomic = False

    dependencies = [
        ("feedback", "0009_customers_are_found_by_a_part_of_a_name"),
        ("surveys", "0004_touchpoints_have_rules_and_reminders"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)),
                fields=["touchpoint", "remind_at"],
                name="invitation_to_remind",
            ),
        ),
        AddIndexConcurrently(
            model_name="skip",
            index=models.Index(fields=["touchpoint", "reason"], name="skip_by_reason"),
        ),
        ValidateConstraint(model_name="skip", name="skip_has_a_known_reason"),
    ]

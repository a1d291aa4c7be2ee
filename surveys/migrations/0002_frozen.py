"""A published version never changes: what people saw is what stays."""

from django.db import migrations

FROZEN = """
CREATE FUNCTION refuse_to_change_a_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER published_version_is_frozen BEFORE UPDATE ON surveys_surveyversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_to_change_a_published_version();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FROZEN,
            "DROP TRIGGER published_version_is_frozen ON surveys_surveyversion;"
            "DROP FUNCTION refuse_to_change_a_published_version();",
        ),
    ]

"""A rule that only the database can keep: what stands in a case's log stays, until an erasure empties its words."""

from django.db import migrations

ONLY_GROWS = """
CREATE FUNCTION refuse_to_rewrite_a_case_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text = '' AND (NEW.id, NEW.case_id, NEW.kind, NEW.by_id, NEW.at, NEW.detail)
        IS NOT DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind, OLD.by_id, OLD.at, OLD.detail) THEN
        RETURN NEW;
    END IF;
    -- Deleting a mail takes the line's link to it, and nothing else.
    IF NEW.message_id IS NULL AND (NEW.id, NEW.case_id, NEW.kind, NEW.by_id, NEW.at, NEW.detail, NEW.text)
        IS NOT DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind, OLD.by_id, OLD.at, OLD.detail, OLD.text) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log of a case only grows' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_log_only_grows BEFORE UPDATE ON actions_caseentry
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_a_case_log();
"""


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_cases")]

    operations = [
        migrations.RunSQL(
            ONLY_GROWS,
            "DROP TRIGGER case_log_only_grows ON actions_caseentry; DROP FUNCTION refuse_to_rewrite_a_case_log();",
        ),
    ]

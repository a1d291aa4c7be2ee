"""Two rules that only the database can keep: the record is append-only, and an organization has an owner."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION refuse_to_rewrite_the_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A whole organization may be removed, its record with it; the remover says so for its transaction.
    IF TG_OP = 'DELETE' AND current_setting('hearback.removing_organization', true) = OLD.organization_id::text THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the record of what members did is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER record_is_append_only BEFORE UPDATE OR DELETE ON organizations_auditentry
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_the_record();
"""

AN_OWNER = """
CREATE FUNCTION refuse_to_leave_no_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The row lock makes two owners who leave at once wait for each other, and lets foreign keys through.
    PERFORM 1 FROM organizations_organization WHERE id = OLD.organization_id FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT 1 FROM organizations_member
        WHERE organization_id = OLD.organization_id AND role = 'owner' AND left_at IS NULL
    ) THEN
        RAISE EXCEPTION 'an organization has at least one owner'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_has_an_owner';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER organization_has_an_owner AFTER UPDATE OR DELETE ON organizations_member
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'owner') EXECUTE FUNCTION refuse_to_leave_no_owner();
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]

    operations = [
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER record_is_append_only ON organizations_auditentry;"
            "DROP FUNCTION refuse_to_rewrite_the_record();",
        ),
        migrations.RunSQL(
            AN_OWNER,
            "DROP TRIGGER organization_has_an_owner ON organizations_member;"
            "DROP FUNCTION refuse_to_leave_no_owner();",
        ),
    ]

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

ERASES = """
CREATE OR REPLACE FUNCTION refuse_to_rewrite_a_case_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text = '' AND (NEW.id, NEW.case_id, NEW.kind, NEW.by_id, NEW.at)
        IS NOT DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind, OLD.by_id, OLD.at)
        AND (NEW.detail = OLD.detail
            -- An erasure takes the scores out of the lines that tell them.
            OR OLD.kind IN ('opened', 'changed_answer')
            AND NEW.detail = OLD.detail - '{score,was,band,question,question_was}'::text[]) THEN
        RETURN NEW;
    END IF;
    -- Deleting a mail takes the line's link to it, and nothing else.
    IF NEW.message_id IS NULL AND (NEW.id, NEW.case_id, NEW.kind, NEW.by_id, NEW.at, NEW.detail, NEW.text)
        IS NOT DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind, OLD.by_id, OLD.at, OLD.detail, OLD.text) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log of a case only grows' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
# Of responses that were erased before.
ERASED = """
UPDATE actions_case SET score = NULL, band = '' WHERE response_id IS NULL;
UPDATE actions_caseentry SET text = '', detail = detail - '{score,was,band,question,question_was}'::text[]
    WHERE kind IN ('opened', 'changed_answer')
    AND case_id IN (SELECT id FROM actions_case WHERE response_id IS NULL);
"""


class Migration(migrations.Migration):
    # Old rows are looked at beside the work.
    atomic = False

    dependencies = [
        ("actions", "0002_the_log_of_a_case_only_grows"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="case_has_a_known_band"),
        migrations.AlterField(
            model_name="case",
            name="band",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AlterField(
            model_name="case",
            name="score",
            field=models.SmallIntegerField(blank=True, null=True),
        ),
        # Backwards the looser function stays: it lets nothing be rewritten that it did not.
        migrations.RunSQL(ERASES + ERASED, migrations.RunSQL.noop),
        AddConstraintNotValid(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("band", ""), ("response__isnull", True), ("score__isnull", True))
                | models.Q(("band__in", ["low", "middle", "high"]), ("score__isnull", False)),
                name="case_has_a_score_in_a_known_band",
            ),
        ),
        ValidateConstraint(model_name="case", name="case_has_a_score_in_a_known_band"),
    ]

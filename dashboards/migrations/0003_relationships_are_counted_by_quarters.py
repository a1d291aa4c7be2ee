from django.db import migrations

# Their answers were counted by days. The roll-up counts a whole quarter anew for any day of it that waits in the
# journal, and until then the counts of its days stand.
MARK = """
    INSERT INTO feedback_changedday (organization_id, survey_id, day)
    SELECT DISTINCT d.organization_id, d.survey_id, date_trunc('quarter', d.day::timestamp)::date
    FROM dashboards_dailycount d JOIN surveys_survey s ON s.id = d.survey_id
    WHERE s.basis = 'relational' AND d.dimension = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0002_what_became_of_those_asked"),
        ("feedback", "0010_reminders_and_skips_are_found"),
        ("surveys", "0004_touchpoints_have_rules_and_reminders"),
    ]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]

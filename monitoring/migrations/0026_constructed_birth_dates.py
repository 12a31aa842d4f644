"""A birth date that a study constructed carries its mark, as every other constructed value does.

The birth dates of Tiong 2020 were made from the printed age: those on record are marked too, unless a person has
entered another one since.
"""

from django.db import migrations, models

BORN_ON = """
UPDATE monitoring_patient p SET constructed = '["born_on"]'
FROM monitoring_centre c
WHERE c.id = p.centre_id AND c.code = 'TIONG2020' AND p.is_synthetic AND NOT EXISTS (
  SELECT 1 FROM monitoring_auditentry a
  WHERE a.patient_id = p.id AND a.action = 'patient.correct'
    AND a.before ->> 'born_on' IS DISTINCT FROM a.after ->> 'born_on');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0025_guards_without_gaps"),
    ]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="constructed",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.RunSQL(BORN_ON, migrations.RunSQL.noop),
    ]

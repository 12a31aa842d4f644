"""A mutation finding may name the sample in which it was made: day and tissue are then those of the sample.

One key says that sample, patient, tissue and day belong together; a corrected sample takes its findings with it.
"""

import django.db.models.deletion
from django.db import migrations, models

OF_SAMPLE = """
ALTER TABLE monitoring_mutationfinding ADD CONSTRAINT finding_repeats_sample
  FOREIGN KEY (sample_id, patient_id, tissue, found_on)
  REFERENCES monitoring_sample (id, patient_id, tissue, collected_on) ON UPDATE CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0027_cycle_2_of_first_line"),
    ]

    operations = [
        migrations.AddField(
            model_name="mutationfinding",
            name="sample",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="monitoring.sample",
            ),
        ),
        migrations.AddConstraint(
            model_name="mutationfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("sample__isnull", True), models.Q(("tissue", ""), _negated=True), _connector="OR"),
                name="finding_of_sample_has_its_tissue",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("id", "patient", "tissue", "collected_on"), name="sample_with_tissue_and_day"
            ),
        ),
        migrations.RunSQL(OF_SAMPLE, migrations.RunSQL.noop),
    ]

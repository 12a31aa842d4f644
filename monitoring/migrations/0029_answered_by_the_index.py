"""Who sees a row, and the current results of a series, are answered out of an index alone.

The relations say until when they hold, and the results whose they are, in the index: no row is fetched for it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0028_findings_of_samples"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="carerelation",
            name="care_relation_once",
        ),
        migrations.RemoveIndex(
            model_name="mrdresult",
            name="result_current_by_series",
        ),
        migrations.AddIndex(
            model_name="mrdresult",
            index=models.Index(
                models.F("series"),
                models.F("collected_on"),
                models.F("id"),
                condition=models.Q(("state", "AUTHORISED")),
                include=(
                    "patient",
                    "tissue",
                    "call",
                    "pct_abl1",
                    "abl1_copies",
                    "lod_pct_abl1",
                    "loq_pct_abl1",
                    "assay_key",
                    "timepoint",
                ),
                name="result_current_by_series",
            ),
        ),
        migrations.AddConstraint(
            model_name="carerelation",
            constraint=models.UniqueConstraint(
                fields=("patient", "centre", "starts_on", "role"), include=("ends_on",), name="care_relation_once"
            ),
        ),
    ]

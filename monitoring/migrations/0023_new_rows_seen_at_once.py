"""New rows ask once a statement who sees their patient, and a result's rows keep to its patient by one key.

See sql/new_rows_seen_at_once.sql.
"""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from monitoring.models.together import Together

# model, field, related name, model that is named
HELD_BY_A_KEY_OF_TWO = (
    ("analysischange", "patient", "+", "patient"),  # by none: what is to be looked at again outlives its patient
    ("baseline", "series", "baselines", "mrdseries"),
    ("mrdresult", "patient", "+", "patient"),
    ("resultcontributor", "patient", "+", "patient"),
    ("resultcontributor", "result", "contributors", "mrdresult"),
    ("resultwell", "patient", "+", "patient"),
    ("resultwell", "result", "wells", "mrdresult"),
    ("venetoclaxcycle", "patient", "cycles", "patient"),
    ("venetoclaxcycle", "treatment", "cycles", "treatment"),
)
FOUND_BY_ANOTHER_INDEX = (
    ("analysisrow", "patient", "+", "patient"),
    ("analysisrow", "series", "+", "mrdseries"),
    ("bloodcount", "patient", "blood_counts", "patient"),
    ("carerelation", "patient", "care_relations", "patient"),
    ("clinicalevent", "patient", "events", "patient"),
    ("mrdseries", "patient", "mrd_series", "patient"),
    ("mutationfinding", "patient", "mutation_findings", "patient"),
    ("notification", "alert", "notifications", "alert"),
    ("treatment", "patient", "treatments", "patient"),
)
NEW_ROWS = (Path(__file__).parent / "sql" / "new_rows_seen_at_once.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0022_results_signed_lately"),
    ]

    operations = [
        Together(
            [
                migrations.AlterField(
                    model_name="mrdresult",
                    name="run",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="monitoring.qpcrrun",
                    ),
                ),
                *(
                    migrations.AlterField(
                        model_name=model,
                        name=name,
                        field=models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name=related_name,
                            to=f"monitoring.{to}",
                        ),
                    )
                    for model, name, related_name, to in HELD_BY_A_KEY_OF_TWO
                ),
                *(
                    migrations.AlterField(
                        model_name=model,
                        name=name,
                        field=models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name=related_name,
                            to=f"monitoring.{to}",
                        ),
                    )
                    for model, name, related_name, to in FOUND_BY_ANOTHER_INDEX
                ),
                migrations.AlterField(
                    model_name="baseline",
                    name="patient",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="monitoring.patient",
                    ),
                ),
                migrations.AlterField(
                    model_name="resultcontributor",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddIndex(
                    model_name="mrdresult",
                    index=models.Index(
                        models.F("run"), condition=models.Q(("run__isnull", False)), name="result_of_run"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="mrdresult",
                    constraint=models.UniqueConstraint(fields=("patient", "id"), name="result_with_its_patient"),
                ),
            ]
        ),
        migrations.RunSQL(NEW_ROWS, migrations.RunSQL.noop),
    ]

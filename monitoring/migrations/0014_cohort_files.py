"""Files of large analysis sets, made by the worker and kept for a day; the wall around them: sql/cohort_files.sql."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

WALL = (Path(__file__).parent / "sql" / "cohort_files.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0013_client_silence"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cohortanswer",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="monitoring.cohortversion"
            ),
        ),
        migrations.CreateModel(
            name="CohortFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.BigIntegerField()),
                ("edition", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "waiting"),
                            ("RUNNING", "being computed"),
                            ("DONE", "computed"),
                            ("FAILED", "could not be computed"),
                            ("STOPPED", "stopped"),
                        ],
                        default="WAITING",
                        max_length=10,
                    ),
                ),
                ("step", models.CharField(blank=True, default="", max_length=40)),
                ("share", models.PositiveSmallIntegerField(default=0)),
                ("failed_because", models.CharField(blank=True, default="", max_length=500)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("kind", models.CharField(max_length=10)),
                ("origin", models.CharField(max_length=30)),
                ("without_dates", models.BooleanField(default=False)),
                ("language", models.CharField(blank=True, default="", max_length=10)),
                ("cared_for", models.BigIntegerField(default=0)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("packed", models.BinaryField(blank=True, null=True)),
                ("patient_ids", models.JSONField(default=list)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="monitoring.centre"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="monitoring.cohortversion"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "WAITING")), fields=["asked_at"], name="cohort_file_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["WAITING", "RUNNING", "DONE", "FAILED", "STOPPED"])),
                        name="cohort_file_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("csv", "xlsx", "parquet"))), name="cohort_file_kind_known"
                    ),
                    models.UniqueConstraint(
                        fields=("version", "kind", "origin", "without_dates", "language", "revision", "edition"),
                        name="cohort_file_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__lte", 100)), name="cohort_file_share_in_per_cent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("packed__isnull", False), ("state", "DONE")),
                            models.Q(("state", "DONE"), _negated=True),
                            _connector="OR",
                        ),
                        name="cohort_file_done_has_content",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]

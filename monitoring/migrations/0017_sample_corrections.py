"""Material, day and time point of a signed sample are two people's act; the wall: sql/sample_corrections.sql."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

WALL = (Path(__file__).parent / "sql" / "sample_corrections.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0016_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="SampleCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("was_tissue", models.CharField(choices=[("BM", "Marrow"), ("PB", "Blood")], max_length=2)),
                ("was_collected_on", models.DateField()),
                (
                    "was_timepoint",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None in particular"),
                            ("AFTER_CYCLE_2", "After cycle 2"),
                            ("END_OF_TREATMENT", "End of treatment"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("tissue", models.CharField(choices=[("BM", "Marrow"), ("PB", "Blood")], max_length=2)),
                ("collected_on", models.DateField()),
                (
                    "timepoint",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None in particular"),
                            ("AFTER_CYCLE_2", "After cycle 2"),
                            ("END_OF_TREATMENT", "End of treatment"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "proposed"),
                            ("SIGNED", "signed"),
                            ("RETURNED", "returned"),
                            ("WITHDRAWN", "withdrawn"),
                        ],
                        default="PROPOSED",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("applied_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("comment", models.CharField(blank=True, default="", max_length=500)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="monitoring.patient"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="monitoring.sample",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["sample", "state"], name="correction_by_sample")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PROPOSED", "SIGNED", "RETURNED", "WITHDRAWN"])),
                        name="correction_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tissue__in", ["BM", "PB"])), name="correction_tissue_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("timepoint__in", ["", "AFTER_CYCLE_2", "END_OF_TREATMENT"])),
                        name="correction_timepoint_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "PROPOSED")), fields=("sample",), name="correction_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="correction_signed_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="correction_closed_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="correction_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("collected_on", models.F("was_collected_on")),
                            ("timepoint", models.F("was_timepoint")),
                            ("tissue", models.F("was_tissue")),
                            _negated=True,
                        ),
                        name="correction_changes_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_by__isnull", True),
                                ("signed_by__isnull", False),
                                ("state", "SIGNED"),
                                models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                            ),
                            models.Q(
                                ("applied_at__isnull", True),
                                ("signed_by__isnull", True),
                                ("state__in", ["PROPOSED", "RETURNED", "WITHDRAWN"]),
                            ),
                            _connector="OR",
                        ),
                        name="correction_signed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_by__isnull", False),
                                ("state__in", ["RETURNED", "WITHDRAWN"]),
                                models.Q(("comment", ""), _negated=True),
                            ),
                            models.Q(("closed_by__isnull", True), ("state__in", ["PROPOSED", "SIGNED"])),
                            _connector="OR",
                        ),
                        name="correction_closed_with_reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]

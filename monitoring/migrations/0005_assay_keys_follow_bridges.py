"""A signed bridge makes two keys one: see sql/bridges.sql and docs/adr."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from monitoring.models.pairs import pair

BRIDGES = (Path(__file__).parent / "sql" / "bridges.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0004_bench_guards")]
    operations = [
        migrations.AddField("assay", "own_key", models.CharField(blank=True, default="", max_length=120)),
        migrations.AddField("assaybridge", "revoked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("assaybridge", "revoked_because", models.CharField(blank=True, default="", max_length=500)),
        migrations.AddField(
            "assaybridge",
            "revoked_by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint("assaybridge", pair("bridge_revoked_at_and_by", "revoked_at", "revoked_by")),
        migrations.AddConstraint(
            "assaybridge",
            models.CheckConstraint(
                name="bridge_revoked_has_reason",
                condition=models.Q(revoked_at__isnull=True) | ~models.Q(revoked_because=""),
            ),
        ),
        migrations.RunSQL(BRIDGES, migrations.RunSQL.noop),
    ]

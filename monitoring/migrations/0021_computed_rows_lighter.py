"""Computed rows are lighter to write: evidence as it was written, episodes without a lock on every result they name.

Reasons and measurements: docs/adr/0013-what-a-recomputation-writes.md.
"""

import django.db.models.deletion
from django.db import migrations, models

import monitoring.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0020_alert_kinds"),
    ]

    operations = [
        migrations.AlterField(
            model_name="storedepisode",
            name="confirming_result",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="monitoring.mrdresult",
            ),
        ),
        migrations.AlterField(
            model_name="storedepisode",
            name="index_result",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="monitoring.mrdresult",
            ),
        ),
        migrations.AlterField(
            model_name="storedverdict",
            name="content",
            field=monitoring.models.fields.WrittenJSONField(),
        ),
        migrations.AddConstraint(
            model_name="assay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("assay_key__regex", "[[:cntrl:]]"), _negated=True),
                    models.Q(("own_key__regex", "[[:cntrl:]]"), _negated=True),
                ),
                name="assay_keys_in_one_line",
            ),
        ),
    ]

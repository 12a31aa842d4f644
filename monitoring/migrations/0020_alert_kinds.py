"""An alert keeps what kind of episode it follows: a relapse or a progression, also when the episode is taken back."""

from django.db import migrations

KINDS = """
UPDATE monitoring_alert a SET detail = a.detail || jsonb_build_object('kind', e.kind),
  fingerprint = a.fingerprint || '|' || e.kind
FROM monitoring_storedepisode e
WHERE a.code <> 'RETRACTION' AND e.series_id = a.series_id AND e.ruleset = a.ruleset
  AND e.index_result_id = a.index_result_id AND a.detail ->> 'status' IS NOT NULL;
UPDATE monitoring_alert SET fingerprint = fingerprint || '|None'
WHERE code <> 'RETRACTION' AND NOT detail ? 'kind';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0019_care_ends"),
    ]

    operations = [
        migrations.RunSQL(KINDS, migrations.RunSQL.noop),
    ]

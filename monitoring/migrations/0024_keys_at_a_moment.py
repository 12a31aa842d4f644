"""The key of an assay at a moment, by the one rule that gives the key of now: see sql/keys_at_a_moment.sql."""

from pathlib import Path

from django.db import migrations

KEYS = (Path(__file__).parent / "sql" / "keys_at_a_moment.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0023_new_rows_seen_at_once")]
    operations = [migrations.RunSQL(KEYS, migrations.RunSQL.noop)]

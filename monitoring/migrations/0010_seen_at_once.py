"""Row-level security that long lists can bear: see sql/seen_at_once.sql."""

from pathlib import Path

from django.db import migrations

SEEN = (Path(__file__).parent / "sql" / "seen_at_once.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0009_hospital_guards")]
    operations = [migrations.RunSQL(SEEN, migrations.RunSQL.noop)]

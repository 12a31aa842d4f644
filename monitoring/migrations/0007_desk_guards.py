"""What the database itself refuses, hides and tells at the desk: see sql/desk.sql."""

from pathlib import Path

from django.db import migrations

DESK = (Path(__file__).parent / "sql" / "desk.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0006_desk_tables")]
    operations = [migrations.RunSQL(DESK, migrations.RunSQL.noop)]

"""What the database itself refuses, hides and tells between hospital systems: see sql/hospital.sql."""

from pathlib import Path

from django.db import migrations

HOSPITAL = (Path(__file__).parent / "sql" / "hospital.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0008_hospital_tables")]
    operations = [migrations.RunSQL(HOSPITAL, migrations.RunSQL.noop)]

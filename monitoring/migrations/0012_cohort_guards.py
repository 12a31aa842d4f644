"""What the database itself notes, hides and refuses for cohorts and launches: see sql/cohorts.sql."""

from pathlib import Path

from django.db import migrations

COHORTS = (Path(__file__).parent / "sql" / "cohorts.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0011_cohort_tables")]
    operations = [migrations.RunSQL(COHORTS, migrations.RunSQL.noop)]

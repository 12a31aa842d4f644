"""What the database itself notes, hides and refuses for cohorts, launches and subscribers: see the files in sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
COHORTS = (SQL / "cohorts.sql").read_text(encoding="utf-8")
SUBSCRIPTIONS = (SQL / "subscriptions.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0011_cohort_tables")]
    operations = [
        migrations.RunSQL(COHORTS, migrations.RunSQL.noop),
        migrations.RunSQL(SUBSCRIPTIONS, migrations.RunSQL.noop),
    ]

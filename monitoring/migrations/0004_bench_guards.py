"""What the database itself refuses and hides at the bench: see sql/bench.sql."""

from pathlib import Path

from django.db import migrations

BENCH = (Path(__file__).parent / "sql" / "bench.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_bench_tables")]
    operations = [migrations.RunSQL(BENCH, migrations.RunSQL.noop)]

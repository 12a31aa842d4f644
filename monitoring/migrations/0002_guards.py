"""What the database itself refuses, keeps and asks for: see the SQL files beside this one."""

from pathlib import Path

from django.db import migrations

GUARDS = [
    "rows_repeat_their_sources",
    "row_level_security",
    "two_people",
    "row_history",
    "recompute_requests",
    "audit",
]


def read(name: str) -> str:
    """Return one SQL file of this folder."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_tables")]
    operations = [migrations.RunSQL(read(name), migrations.RunSQL.noop) for name in GUARDS]

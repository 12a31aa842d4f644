"""The first day of cycle 2 of first-line treatment: blood is due after it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0026_constructed_birth_dates"),
    ]

    operations = [
        migrations.AddField(
            model_name="treatment",
            name="cycle_2_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="treatment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cycle_2_on__isnull", True),
                    models.Q(
                        models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("cycle_2_on")), _connector="OR"),
                        ("cycle_2_on__gte", models.F("starts_on")),
                        ("kind", "FIRST_LINE"),
                    ),
                    _connector="OR",
                ),
                name="treatment_cycle_2_of_first_line",
            ),
        ),
    ]

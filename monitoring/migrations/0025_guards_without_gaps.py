"""Guards of the database where a statement could still go around them: see sql/guards_without_gaps.sql.

And no number of a patient or a bridge is NaN or infinite.
"""

from pathlib import Path

from django.db import migrations, models

from monitoring.models.together import Together

GUARDS = (Path(__file__).parent / "sql" / "guards_without_gaps.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0024_keys_at_a_moment"),
    ]

    operations = [
        Together(
            [
                migrations.RemoveConstraint(model_name="mrdresult", name="result_entered_value_has_scale"),
                migrations.AddConstraint(
                    model_name="mrdresult",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("entered_value__isnull", True),
                            models.Q(
                                models.Q(("entered_scale", ""), _negated=True),
                                ("entered_value__gte", 0),
                                ("entered_value__lt", 10**16),
                            ),
                            _connector="OR",
                        ),
                        name="result_entered_value_has_scale",
                    ),
                ),
                *(
                    migrations.AddConstraint(
                        model_name=model,
                        constraint=models.CheckConstraint(
                            condition=models.Q(
                                (f"{field}__isnull", True),
                                models.Q((f"{field}__{least}", 0), (f"{field}__lt", 10**12)),
                                _connector="OR",
                            ),
                            name=name,
                        ),
                    )
                    for model, field, least, name in (
                        ("assaybridge", "factor_low", "gt", "bridge_factor_low_positive"),
                        ("assaybridge", "factor_high", "gt", "bridge_factor_high_positive"),
                        ("venetoclaxcycle", "partner_dose_mg_m2", "gte", "cycle_partner_dose_not_negative"),
                    )
                ),
            ]
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]

"""Until when a one-time password opens; nothing where the person chose their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0015_one_guard_a_row"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="one_time_password_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

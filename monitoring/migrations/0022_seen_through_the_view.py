"""Whether a new row's patient is seen is asked of the view of who cares, which reads relations with the owner's rights.

Asked of the table, each relation was asked its own policy once more: twenty results of a thousand patients took 13 %
longer to load, guards and keys included. Who sees whom is the same.
"""

from django.db import migrations

THROUGH_THE_VIEW = """
CREATE OR REPLACE FUNCTION app_sees(patient bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT patient = app_patient() OR EXISTS (SELECT 1 FROM app_care c WHERE c.patient_id = patient)
$$;
"""
# as sql/row_level_security.sql has it
THROUGH_THE_TABLE = """
CREATE OR REPLACE FUNCTION app_sees(patient bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT patient = nullif(current_setting('app.patient', true), '')::bigint
      OR EXISTS (
        SELECT 1 FROM monitoring_carerelation c
        WHERE c.patient_id = patient
          -- not "= ANY": an index on the centre alone would be read for every row
          AND app_centres() @> ARRAY[c.centre_id]
          AND c.starts_on <= current_date
          AND (c.ends_on IS NULL OR c.ends_on >= current_date)
      )
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0021_computed_rows_lighter"),
    ]

    operations = [
        migrations.RunSQL(THROUGH_THE_VIEW, THROUGH_THE_TABLE),
    ]

"""A centre's care is over from its last day on, as the page that ends it says; the second wall stood open that day."""

from django.db import migrations

SEES = """
CREATE OR REPLACE FUNCTION app_sees(patient bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT patient = nullif(current_setting('app.patient', true), '')::bigint
      OR EXISTS (
        SELECT 1 FROM monitoring_carerelation c
        WHERE c.patient_id = patient
          -- not "= ANY": an index on the centre alone would be read for every row
          AND app_centres() @> ARRAY[c.centre_id]
          AND c.starts_on <= current_date
          AND (c.ends_on IS NULL OR {holds})
      )
$$;
"""
CARE = """
CREATE OR REPLACE VIEW app_care AS
  SELECT c.patient_id, c.centre_id, c.role FROM monitoring_carerelation c
  WHERE c.centre_id = ANY ((SELECT app_centres())::bigint[])
    AND c.starts_on <= current_date AND (c.ends_on IS NULL OR {holds});
"""
TOLD = """
CREATE OR REPLACE FUNCTION alert_steps_taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO monitoring_alerttotell (change_id, patient_id, at)
    SELECT id, patient_id, at FROM taken
    WHERE kind IN ('RAISED', 'UPDATED', 'REOPENED', 'ESCALATED', 'HANDED_OVER', 'RETRACTED');
  PERFORM pg_notify('mrd_alerts', told.centre_id::text) FROM (
    SELECT DISTINCT c.centre_id FROM taken t JOIN monitoring_carerelation c USING (patient_id)
    WHERE c.role <> 'LABORATORY' AND c.starts_on <= current_date AND (c.ends_on IS NULL OR {holds})
  ) AS told;
  RETURN NULL;
END $$;
"""


def _statements(holds: str) -> str:
    return "".join(each.replace("{holds}", holds) for each in (SEES, CARE, TOLD))


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0018_audit_seen_at_once"),
    ]

    operations = [
        migrations.RunSQL(_statements("c.ends_on > current_date"), _statements("c.ends_on >= current_date")),
    ]

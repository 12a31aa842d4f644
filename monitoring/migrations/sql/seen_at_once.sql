-- Asked of one row, "who sees this patient" is a look into an index; asked of ten thousand, it is one hash. As a function
-- it was asked row by row. As a subquery the planner chooses; the view reads the relations with the owner's rights, so
-- that their own policy is not asked again for every row.
CREATE VIEW app_care AS
  SELECT c.patient_id, c.centre_id, c.role FROM monitoring_carerelation c
  WHERE c.centre_id = ANY ((SELECT app_centres())::bigint[])
    AND c.starts_on <= current_date AND (c.ends_on IS NULL OR c.ends_on >= current_date);

CREATE FUNCTION app_patient() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('app.patient', true), '')::bigint
$$;

DO $$
DECLARE found record;
BEGIN
  FOR found IN SELECT tablename FROM pg_policies
               WHERE schemaname = 'public' AND policyname = 'seen' AND qual = 'app_sees(patient_id)' LOOP
    EXECUTE format('ALTER POLICY seen ON %1$I USING (
      patient_id = (SELECT app_patient())
      OR EXISTS (SELECT 1 FROM app_care c WHERE c.patient_id = %1$I.patient_id))', found.tablename);
  END LOOP;
END $$;

ALTER POLICY seen ON monitoring_patient USING (
  centre_id = ANY ((SELECT app_centres())::bigint[]) OR id = (SELECT app_patient())
  OR EXISTS (SELECT 1 FROM app_care c WHERE c.patient_id = monitoring_patient.id));
ALTER POLICY seen ON monitoring_carerelation USING (
  centre_id = ANY ((SELECT app_centres())::bigint[]) OR app_sees_as_owner(patient_id));

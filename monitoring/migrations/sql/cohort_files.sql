-- A file of an analysis set belongs to the centre of its cohort; whether its patients may still be seen is asked when it
-- is taken (queries/cohort_files.py).
ALTER TABLE monitoring_cohortfile ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_cohortfile
  USING (centre_id = ANY ((SELECT app_centres())::bigint[]))
  WITH CHECK (centre_id = ANY ((SELECT app_centres())::bigint[]));
-- It is packed already: the database need not try again.
ALTER TABLE monitoring_cohortfile ALTER COLUMN packed SET STORAGE EXTERNAL;

-- A cohort and its answers belong to a centre; the analysis set is seen with the patient.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['cohort', 'cohortversion', 'cohortanswer'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s
      USING (centre_id = ANY ((SELECT app_centres())::bigint[]))
      WITH CHECK (centre_id = ANY ((SELECT app_centres())::bigint[]))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['analysischange', 'analysisrow'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%1$s USING (
      patient_id = (SELECT app_patient())
      OR EXISTS (SELECT 1 FROM app_care c WHERE c.patient_id = monitoring_%1$s.patient_id))
      WITH CHECK (app_sees(patient_id))', name);
  END LOOP;
END $$;

-- A definition stays as it was made: a change is a new version.
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_cohortversion
  FOR EACH ROW EXECUTE FUNCTION never_changes();

-- What a request said and how it ended is never changed; refused requests belong to the centre of the machine, or to
-- nobody.
ALTER TABLE monitoring_interfaceaccess ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_interfaceaccess
  USING (centre_id = ANY ((SELECT app_centres())::bigint[])) WITH CHECK (true);
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_interfaceaccess
  FOR EACH ROW EXECUTE FUNCTION never_changes();

-- Every change of what a cohort is made of is noted with it, as a row of its own: no lock, no conflict. A result, a
-- baseline or a bridge raises the revision of its series, which is noted here too.
CREATE SEQUENCE monitoring_analysis_revision AS bigint;

CREATE FUNCTION note_analysis_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'monitoring_patient'
  THEN INSERT INTO monitoring_analysischange (patient_id) SELECT id FROM changed;
  ELSE INSERT INTO monitoring_analysischange (patient_id) SELECT DISTINCT patient_id FROM changed;
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['patient', 'carerelation', 'mrdseries', 'disease', 'mutationfinding', 'treatment',
      'venetoclaxcycle', 'dosechange', 'adverseevent', 'transfusion', 'bloodcount', 'clinicalevent'] LOOP
    EXECUTE format('CREATE TRIGGER note_analysis_insert AFTER INSERT ON monitoring_%s
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_analysis_change()', name);
    EXECUTE format('CREATE TRIGGER note_analysis_update AFTER UPDATE ON monitoring_%s
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_analysis_change()', name);
    EXECUTE format('CREATE TRIGGER note_analysis_delete AFTER DELETE ON monitoring_%s
      REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_analysis_change()', name);
  END LOOP;
END $$;

-- A new row asks "who sees this patient" as a subquery too, not by a function that is planned and started for each row.
-- New rows come one by one or by the ten thousand into tables of which nothing was counted yet: the patient's own
-- relations are to be read then, never all those of a centre. So the centre is not compared by "= ANY", for which the
-- planner would take the index on centres; lists, which ask for many patients at once, keep app_care.
CREATE OR REPLACE VIEW app_care_of_new AS
  SELECT c.patient_id FROM monitoring_carerelation c
  WHERE (SELECT app_centres()) @> ARRAY[c.centre_id]
    AND c.starts_on <= current_date AND (c.ends_on IS NULL OR c.ends_on > current_date);

DO $$
DECLARE found record;
BEGIN
  FOR found IN SELECT tablename FROM pg_policies
               WHERE schemaname = 'public' AND policyname = 'seen' AND with_check = 'app_sees(patient_id)' LOOP
    EXECUTE format('ALTER POLICY seen ON %1$I WITH CHECK (
      patient_id = (SELECT app_patient())
      OR EXISTS (SELECT 1 FROM app_care_of_new c WHERE c.patient_id = %1$I.patient_id))', found.tablename);
  END LOOP;
END $$;

-- Who contributed, and a well, belong to the patient of their result: one key says it where two said less. Both are
-- found by their result alone.
ALTER TABLE monitoring_resultcontributor ADD CONSTRAINT contributor_of_same_patient
  FOREIGN KEY (result_id, patient_id) REFERENCES monitoring_mrdresult (id, patient_id);
ALTER TABLE monitoring_resultwell ADD CONSTRAINT well_of_same_patient
  FOREIGN KEY (result_id, patient_id) REFERENCES monitoring_mrdresult (id, patient_id);

-- care_relation_once begins with the same two columns.
DROP INDEX carerelation_by_patient_and_centre;

-- A new relation: whoever sees a patient may share it, and the centre that registers one begins to care, as before.
ALTER POLICY seen ON monitoring_carerelation WITH CHECK (
  EXISTS (SELECT 1 FROM app_care_of_new c WHERE c.patient_id = monitoring_carerelation.patient_id)
  OR patient_id = (SELECT app_patient())
  OR EXISTS (SELECT 1 FROM monitoring_patient p
             WHERE p.id = monitoring_carerelation.patient_id AND p.centre_id = ANY ((SELECT app_centres())::bigint[])));

-- As before, but each pair of assay and series is looked at once, and two names are compared instead of sorted.
CREATE OR REPLACE FUNCTION result_versions_arrived() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT assay_id, series_id FROM arrived) r
    JOIN monitoring_assay a ON a.id = r.assay_id JOIN monitoring_mrdseries s ON s.id = r.series_id
    WHERE a.marker <> s.marker
  ) THEN PERFORM refuse('The assay does not measure the marker of this series.'); END IF;
  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT assay_id FROM arrived WHERE authorisation_basis = 'SENDING_LABORATORY') r
    JOIN monitoring_assay a ON a.id = r.assay_id JOIN monitoring_laboratory l ON l.id = a.laboratory_id
    WHERE l.responsible_person = ''
  ) THEN PERFORM refuse('The sending laboratory has no responsible person.'); END IF;
  INSERT INTO monitoring_resultcontributor (result_id, patient_id, user_id)
    SELECT id, patient_id, entered_by_id FROM arrived
    UNION ALL SELECT id, patient_id, submitted_by_id FROM arrived WHERE submitted_by_id <> entered_by_id;
  RETURN NULL;
END $$;

-- Django takes every index of a column away with the one that it made for a foreign key, this one too.
CREATE UNIQUE INDEX IF NOT EXISTS event_one_death_per_patient ON monitoring_clinicalevent (patient_id)
  WHERE kind = 'DEATH';

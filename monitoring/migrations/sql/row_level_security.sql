-- The second wall: a transaction sees the patients that its centres care for, and nothing when no centre is set.
CREATE FUNCTION app_centres() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT string_to_array(nullif(current_setting('app.centres', true), ''), ',')::bigint[]
$$;

CREATE FUNCTION app_actor() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('app.actor', true), '')::bigint
$$;

CREATE FUNCTION app_sees(patient bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
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

CREATE INDEX carerelation_by_patient_and_centre ON monitoring_carerelation (patient_id, centre_id);

-- The same question asked as the owner, who is not bound: the policy of the relations themselves cannot ask itself.
CREATE FUNCTION app_sees_as_owner(patient bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT app_sees(patient) $$;

-- Whoever sees a patient may share it; the centre that registers a patient begins to care. Nobody lets himself in.
ALTER TABLE monitoring_carerelation ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_carerelation
  USING (centre_id = ANY (app_centres()) OR app_sees_as_owner(patient_id))
  WITH CHECK (app_sees_as_owner(patient_id) OR EXISTS (
    SELECT 1 FROM monitoring_patient p WHERE p.id = patient_id AND p.centre_id = ANY (app_centres())));

-- The centre that gave a pseudonym sees that it did: a new patient has no care relation in the moment of its insertion.
ALTER TABLE monitoring_patient ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_patient
  USING (centre_id = ANY (app_centres()) OR app_sees(id))
  WITH CHECK (centre_id = ANY (app_centres()) OR app_sees(id));

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'disease', 'mutationfinding', 'sample', 'mrdseries', 'baseline', 'recomputerequest', 'mrdresult', 'resultwell',
    'resultcontributor', 'treatment', 'venetoclaxcycle', 'dosechange', 'adverseevent', 'transfusion', 'clinicalevent',
    'storedverdict', 'storedepisode', 'storedfigure', 'seriessummary', 'alert', 'alertchange', 'rowhistory', 'readentry'
  ] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s USING (app_sees(patient_id)) WITH CHECK (app_sees(patient_id))', name);
  END LOOP;
END $$;

-- Everyone writes the audit; an entry about a patient is read by those who see the patient.
ALTER TABLE monitoring_auditentry ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_auditentry USING (patient_id IS NULL OR app_sees(patient_id)) WITH CHECK (true);

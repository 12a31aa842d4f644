-- Material, day and time point of a sample whose results are signed, or wait for it, are never one person's to change.
-- The results repeat these facts and follow by cascade, so that the wall stands at the sample; it holds for the owner too.
ALTER TABLE monitoring_samplecorrection ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_samplecorrection
  USING (patient_id = (SELECT app_patient())
         OR EXISTS (SELECT 1 FROM app_care c WHERE c.patient_id = monitoring_samplecorrection.patient_id))
  WITH CHECK (app_sees(patient_id));

-- A proposal says what its author saw and is never rewritten: it is signed, returned or withdrawn, once.
CREATE FUNCTION sample_correction_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE step text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'PROPOSED' THEN PERFORM refuse('A correction is proposed first; a second person signs it.'); END IF;
    IF app_actor() IS DISTINCT FROM NEW.proposed_by_id
    THEN PERFORM refuse('A correction is proposed in one''s own name.'); END IF;
    IF NOT EXISTS (
      SELECT 1 FROM monitoring_sample s WHERE s.id = NEW.sample_id AND s.patient_id = NEW.patient_id
        AND (s.tissue, s.collected_on, s.timepoint) = (NEW.was_tissue, NEW.was_collected_on, NEW.was_timepoint))
    THEN PERFORM refuse('The sample is not what this correction says that it was.'); END IF;
    RETURN NEW;
  END IF;
  step := OLD.state || '>' || NEW.state;
  IF (OLD.sample_id, OLD.patient_id, OLD.was_tissue, OLD.was_collected_on, OLD.was_timepoint, OLD.tissue,
      OLD.collected_on, OLD.timepoint, OLD.reason, OLD.proposed_by_id, OLD.proposed_at)
     IS DISTINCT FROM
     (NEW.sample_id, NEW.patient_id, NEW.was_tissue, NEW.was_collected_on, NEW.was_timepoint, NEW.tissue,
      NEW.collected_on, NEW.timepoint, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
  THEN PERFORM refuse('What was proposed is never changed; propose another correction.'); END IF;
  IF step = 'SIGNED>SIGNED' AND OLD.applied_at IS NULL AND NEW.applied_at IS NOT NULL AND
     (OLD.signed_by_id, OLD.signed_at, OLD.comment) IS NOT DISTINCT FROM (NEW.signed_by_id, NEW.signed_at, NEW.comment)
  THEN RETURN NEW; END IF;
  IF step NOT IN ('PROPOSED>SIGNED', 'PROPOSED>RETURNED', 'PROPOSED>WITHDRAWN')
  THEN PERFORM refuse('What became of a correction is never changed.'); END IF;
  IF step = 'PROPOSED>SIGNED' AND (
       NEW.applied_at IS NOT NULL OR NEW.signed_by_id IS NOT DISTINCT FROM NEW.proposed_by_id
       OR app_actor() IS DISTINCT FROM NEW.signed_by_id)
  THEN PERFORM refuse('A second person signs a correction, in their own name.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sample_correction_steps BEFORE INSERT OR UPDATE ON monitoring_samplecorrection
  FOR EACH ROW EXECUTE FUNCTION sample_correction_steps();
CREATE TRIGGER never_deleted BEFORE DELETE ON monitoring_samplecorrection
  FOR EACH ROW EXECUTE FUNCTION never_changes();

-- The signature changes the sample, in its own statement: there is no signed correction that waits to be used.
CREATE FUNCTION sample_correction_applies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE monitoring_sample SET tissue = NEW.tissue, collected_on = NEW.collected_on, timepoint = NEW.timepoint
    WHERE id = NEW.sample_id AND patient_id = NEW.patient_id
      AND (tissue, collected_on, timepoint) = (NEW.was_tissue, NEW.was_collected_on, NEW.was_timepoint);
  IF NOT FOUND THEN PERFORM refuse('The sample has changed since this correction was proposed.'); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sample_correction_applies AFTER UPDATE ON monitoring_samplecorrection
  FOR EACH ROW WHEN (OLD.state = 'PROPOSED' AND NEW.state = 'SIGNED') EXECUTE FUNCTION sample_correction_applies();

-- Whether the one who acts is a system of this laboratory, which answers for what it signed in its own house.
CREATE FUNCTION actor_sends_for(laboratory bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM monitoring_apiclient c
    WHERE c.user_id = app_actor() AND c.kind = 'LABORATORY' AND c.laboratory_id = laboratory AND c.revoked_at IS NULL
  ) OR EXISTS (
    SELECT 1 FROM monitoring_senderprofile p
    WHERE p.user_id = app_actor() AND p.laboratory_id = laboratory AND p.is_active
  )
$$;

CREATE FUNCTION signed_facts_of_sample() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE monitoring_samplecorrection SET applied_at = statement_timestamp()
    WHERE sample_id = OLD.id AND state = 'SIGNED' AND applied_at IS NULL
      AND (was_tissue, was_collected_on, was_timepoint) = (OLD.tissue, OLD.collected_on, OLD.timepoint)
      AND (tissue, collected_on, timepoint) = (NEW.tissue, NEW.collected_on, NEW.timepoint);
  IF FOUND THEN RETURN NEW; END IF;
  -- Whoever submits a draft of this sample at this moment is waited for.
  PERFORM 1 FROM monitoring_mrdresult r WHERE r.sample_id = OLD.id FOR NO KEY UPDATE;
  IF NOT EXISTS (
    SELECT 1 FROM monitoring_mrdresult r WHERE r.sample_id = OLD.id AND r.state IN ('SUBMITTED', 'AUTHORISED')
  ) THEN RETURN NEW; END IF;
  IF EXISTS (
    SELECT 1 FROM monitoring_mrdresult r WHERE r.sample_id = OLD.id AND r.state IN ('SUBMITTED', 'AUTHORISED')
      AND r.authorisation_basis IS DISTINCT FROM 'SENDING_LABORATORY'
  ) OR NOT actor_sends_for(OLD.laboratory_id)
  THEN PERFORM refuse('Results of this sample are signed, or wait for it; a second person signs what it is corrected to.');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_facts_of_sample BEFORE UPDATE ON monitoring_sample FOR EACH ROW
  WHEN ((OLD.tissue, OLD.collected_on, OLD.timepoint) IS DISTINCT FROM (NEW.tissue, NEW.collected_on, NEW.timepoint))
  EXECUTE FUNCTION signed_facts_of_sample();

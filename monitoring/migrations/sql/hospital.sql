-- Hospital systems: what belongs to a patient is seen with the patient, what belongs to a sender with its centre.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['cdscard', 'cdsfeedback', 'externalidentifier', 'receivedresource', 'subscriptionevent'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s USING (app_sees(patient_id)) WITH CHECK (app_sees(patient_id))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['senderprofile', 'reportedresult'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s
      USING (EXISTS (SELECT 1 FROM monitoring_laboratory l
                     WHERE l.id = laboratory_id AND app_centres() @> ARRAY[l.centre_id]))
      WITH CHECK (EXISTS (SELECT 1 FROM monitoring_laboratory l
                          WHERE l.id = laboratory_id AND app_centres() @> ARRAY[l.centre_id]))', name);
  END LOOP;
END $$;

ALTER TABLE monitoring_idempotencykey ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_idempotencykey USING (user_id = app_actor()) WITH CHECK (user_id = app_actor());

ALTER TABLE monitoring_subscription ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_subscription
  USING (app_centres() @> ARRAY[centre_id]) WITH CHECK (app_centres() @> ARRAY[centre_id]);

-- A message of an unknown sender belongs to no centre: only those who act for all centres, the listener and the worker,
-- and the operators of the centre that it is given to, see it.
ALTER TABLE monitoring_inboundmessage ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_inboundmessage
  USING (CASE WHEN centre_id IS NULL THEN app_actor() IS NULL AND app_centres() IS NOT NULL
              ELSE app_centres() @> ARRAY[centre_id] END)
  WITH CHECK (app_centres() IS NOT NULL);

-- What came in stays as it came: only its fate is written down.
CREATE FUNCTION message_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.peer, OLD.raw, OLD.sha256, OLD.body_sha256, OLD.sending_application, OLD.sending_facility, OLD.control_id,
      OLD.message_type, OLD.received_at)
     IS DISTINCT FROM
     (NEW.peer, NEW.raw, NEW.sha256, NEW.body_sha256, NEW.sending_application, NEW.sending_facility, NEW.control_id,
      NEW.message_type, NEW.received_at)
  THEN PERFORM refuse('A message stays as it came.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER message_changes BEFORE UPDATE ON monitoring_inboundmessage
  FOR EACH ROW EXECUTE FUNCTION message_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_receivedresource
  FOR EACH ROW EXECUTE FUNCTION never_changes();

-- Missed samples are asked for in lists.
CREATE INDEX summary_missed ON monitoring_seriessummary ((content ->> 'missed_on'))
  WHERE content ->> 'missed_on' IS NOT NULL;

-- A result that arrives signed by its sender comes from a machine, or a listed sender of messages, of that laboratory.
CREATE FUNCTION sent_results_arrived() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM arrived r JOIN monitoring_assay a ON a.id = r.assay_id
    WHERE r.authorisation_basis = 'SENDING_LABORATORY'
      AND NOT EXISTS (SELECT 1 FROM monitoring_apiclient c
                      WHERE c.user_id = r.authorised_by_id AND c.laboratory_id = a.laboratory_id
                        AND c.kind = 'LABORATORY' AND c.revoked_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM monitoring_senderprofile p
                      WHERE p.user_id = r.authorised_by_id AND p.laboratory_id = a.laboratory_id AND p.is_active)
  ) THEN PERFORM refuse('Only a registered system of the laboratory sends results that are signed there.'); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sent_results_arrived AFTER INSERT ON monitoring_mrdresult
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION sent_results_arrived();

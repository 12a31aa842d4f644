-- The desk: what belongs to a patient is seen with the patient.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['alerttotell', 'notification', 'curvenote', 'bloodcount', 'shadowdifference'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s USING (app_sees(patient_id)) WITH CHECK (app_sees(patient_id))', name);
  END LOOP;
  -- The settings of a centre are read by whoever computes for its patients, and written at that centre only.
  FOREACH name IN ARRAY ARRAY['alerttime', 'samplinginterval'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
  END LOOP;
  -- What belongs to one person is seen by that person, and by the worker, who acts for nobody.
  FOREACH name IN ARRAY ARRAY['notificationpreference', 'savedview', 'calendarfeed'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s
      USING (user_id = app_actor() OR (app_actor() IS NULL AND app_centres() IS NOT NULL))
      WITH CHECK (user_id = app_actor() OR (app_actor() IS NULL AND app_centres() IS NOT NULL))', name);
  END LOOP;
END $$;

CREATE POLICY seen ON monitoring_alerttime FOR SELECT USING (app_centres() IS NOT NULL);
CREATE POLICY added ON monitoring_alerttime FOR INSERT WITH CHECK (app_centres() @> ARRAY[centre_id]);
CREATE POLICY changed ON monitoring_alerttime FOR UPDATE USING (app_centres() @> ARRAY[centre_id])
  WITH CHECK (app_centres() @> ARRAY[centre_id]);
CREATE POLICY removed ON monitoring_alerttime FOR DELETE USING (app_centres() @> ARRAY[centre_id]);

CREATE FUNCTION app_sets_interval(centre bigint, patient bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN patient IS NULL THEN app_centres() @> ARRAY[centre] ELSE app_sees(patient) END
$$;
CREATE POLICY seen ON monitoring_samplinginterval FOR SELECT
  USING ((patient_id IS NULL AND app_centres() IS NOT NULL) OR app_sees(patient_id));
CREATE POLICY added ON monitoring_samplinginterval FOR INSERT WITH CHECK (app_sets_interval(centre_id, patient_id));
CREATE POLICY changed ON monitoring_samplinginterval FOR UPDATE USING (app_sets_interval(centre_id, patient_id))
  WITH CHECK (app_sets_interval(centre_id, patient_id));
CREATE POLICY removed ON monitoring_samplinginterval FOR DELETE USING (app_sets_interval(centre_id, patient_id));

ALTER TABLE monitoring_webhookendpoint ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_webhookendpoint
  USING (app_centres() @> ARRAY[centre_id]) WITH CHECK (app_centres() @> ARRAY[centre_id]);

ALTER TABLE monitoring_shadowrun ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_shadowrun
  USING (app_centres() IS NOT NULL AND (centre_id IS NULL OR app_centres() @> ARRAY[centre_id]))
  WITH CHECK (centre_id IS NULL OR app_centres() @> ARRAY[centre_id]);

-- A calendar program shows a secret address and nothing else: asked as the owner, answered with one row.
CREATE FUNCTION calendar_feed_read(shown text) RETURNS TABLE (feed bigint, centre bigint, person bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE monitoring_calendarfeed SET last_read_at = statement_timestamp()
  WHERE digest = shown AND revoked_at IS NULL RETURNING id, centre_id, user_id
$$;

-- Nothing is overwritten at the desk either.
CREATE TRIGGER keep_row_history BEFORE UPDATE OR DELETE ON monitoring_bloodcount
  FOR EACH ROW EXECUTE FUNCTION keep_row_history();
CREATE TRIGGER keep_row_history BEFORE UPDATE OR DELETE ON monitoring_curvenote
  FOR EACH ROW EXECUTE FUNCTION keep_row_history();
CREATE TRIGGER keep_row_history BEFORE UPDATE OR DELETE ON monitoring_samplinginterval
  FOR EACH ROW WHEN (OLD.patient_id IS NOT NULL) EXECUTE FUNCTION keep_row_history();

-- An interval changes what is due, and so what is overdue.
CREATE FUNCTION intervals_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM request_recompute(array_agg(DISTINCT s.id), 'interval')
    FROM touched t JOIN monitoring_patient p ON p.id = t.patient_id OR p.centre_id = t.centre_id
    JOIN monitoring_mrdseries s ON s.patient_id = p.id HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER asks_after_insert AFTER INSERT ON monitoring_samplinginterval
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION intervals_touched();
CREATE TRIGGER asks_after_update AFTER UPDATE ON monitoring_samplinginterval
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION intervals_touched();
CREATE TRIGGER asks_after_delete AFTER DELETE ON monitoring_samplinginterval
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION intervals_touched();

-- Each step of an alert is told: to the open pages of the centres that care at once (the payload is a centre, nothing
-- about the patient), to people and systems by the worker.
CREATE FUNCTION alert_steps_taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO monitoring_alerttotell (change_id, patient_id, at)
    SELECT id, patient_id, at FROM taken
    WHERE kind IN ('RAISED', 'UPDATED', 'REOPENED', 'ESCALATED', 'HANDED_OVER', 'RETRACTED');
  PERFORM pg_notify('mrd_alerts', told.centre_id::text) FROM (
    SELECT DISTINCT c.centre_id FROM taken t JOIN monitoring_carerelation c USING (patient_id)
    WHERE c.role <> 'LABORATORY' AND c.starts_on <= current_date AND (c.ends_on IS NULL OR c.ends_on >= current_date)
  ) AS told;
  RETURN NULL;
END $$;
CREATE TRIGGER alert_steps_taken AFTER INSERT ON monitoring_alertchange
  REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION alert_steps_taken();

-- A step was taken and stays so; a decision on a change of rules likewise.
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_signededition
  FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE FUNCTION shadow_run_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.decision <> '' THEN PERFORM refuse('A decision on a change of rules is never changed.'); END IF;
  IF NEW.decision = 'SIGNED' AND NEW.decided_by_id IS NOT DISTINCT FROM NEW.started_by_id THEN
    PERFORM refuse('A second person signs a change of rules.');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER shadow_run_changes BEFORE UPDATE ON monitoring_shadowrun
  FOR EACH ROW EXECUTE FUNCTION shadow_run_changes();

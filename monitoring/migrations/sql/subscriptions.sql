-- Each new version of an alert is told to subscribers, where there is one: noted with the step, in its transaction.
ALTER TABLE monitoring_alerttopublish ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_alerttopublish USING (app_sees(patient_id)) WITH CHECK (app_sees(patient_id));

CREATE FUNCTION alert_steps_published() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM monitoring_subscription WHERE status <> 'off') THEN
    -- The kinds of queries/known_alerts.LEAVES_AS_IT_IS make no new version.
    INSERT INTO monitoring_alerttopublish (change_id, patient_id, at)
      SELECT id, patient_id, at FROM taken WHERE kind NOT IN ('SEEN', 'ESCALATED');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER alert_steps_published AFTER INSERT ON monitoring_alertchange
  REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION alert_steps_published();

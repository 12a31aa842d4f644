-- Every change to the inputs of a series raises its revision and asks for its verdicts, in the same transaction,
-- whoever writes and by whatever door: set-based, so that a bulk load pays once per statement.
CREATE FUNCTION request_recompute(series_ids bigint[], because text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH raised AS (
    UPDATE monitoring_mrdseries SET revision = revision + 1 WHERE id = ANY (series_ids)
    RETURNING id, patient_id, revision
  )
  INSERT INTO monitoring_recomputerequest (series_id, patient_id, revision, reason, requested_at, attempts, failed_because)
    SELECT id, patient_id, revision, because, statement_timestamp(), 0, '' FROM raised ORDER BY id
  ON CONFLICT (series_id) DO UPDATE
    SET revision = excluded.revision, reason = excluded.reason, requested_at = excluded.requested_at,
        attempts = 0, failed_because = ''
$$;

-- Results count from the moment they are authorised until they are superseded or withdrawn.
CREATE FUNCTION results_arrived() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM request_recompute(array_agg(DISTINCT series_id), 'result')
    FROM arrived WHERE state = 'AUTHORISED' HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER results_arrived AFTER INSERT ON monitoring_mrdresult
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION results_arrived();

CREATE FUNCTION results_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM request_recompute(array_agg(DISTINCT now_is.series_id), 'result')
    FROM now_is JOIN was USING (id)
    WHERE 'AUTHORISED' IN (now_is.state, was.state) HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER results_changed AFTER UPDATE ON monitoring_mrdresult
  REFERENCING OLD TABLE AS was NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION results_changed();

-- A new series asks for its first verdict; a baseline belongs to one series, all else to the patient.
CREATE FUNCTION series_arrived() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM request_recompute(array_agg(id), 'series') FROM touched HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER series_arrived AFTER INSERT ON monitoring_mrdseries
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION series_arrived();

CREATE FUNCTION baseline_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM request_recompute(array_agg(DISTINCT series_id), 'baseline') FROM touched HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION patient_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM request_recompute(array_agg(DISTINCT s.id), TG_TABLE_NAME)
    FROM touched t JOIN monitoring_mrdseries s USING (patient_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;

DO $$
DECLARE name text; handler text;
BEGIN
  FOREACH name IN ARRAY ARRAY['baseline', 'disease', 'treatment', 'venetoclaxcycle', 'clinicalevent', 'mutationfinding'] LOOP
    handler := CASE name WHEN 'baseline' THEN 'baseline_touched' ELSE 'patient_touched' END;
    EXECUTE format('CREATE TRIGGER asks_after_insert AFTER INSERT ON monitoring_%s
      REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION %s()', name, handler);
    EXECUTE format('CREATE TRIGGER asks_after_update AFTER UPDATE ON monitoring_%s
      REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION %s()', name, handler);
    EXECUTE format('CREATE TRIGGER asks_after_delete AFTER DELETE ON monitoring_%s
      REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION %s()', name, handler);
  END LOOP;
END $$;

-- The rule set that raises alerts and the time zone are settings of the centre: they too change verdicts and alerts.
CREATE FUNCTION centre_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM request_recompute(array_agg(s.id), 'centre')
    FROM monitoring_mrdseries s JOIN monitoring_patient p ON p.id = s.patient_id
    WHERE p.centre_id = NEW.id HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER centre_changed AFTER UPDATE OF alerting_ruleset, time_zone ON monitoring_centre
  FOR EACH ROW WHEN ((OLD.alerting_ruleset, OLD.time_zone) IS DISTINCT FROM (NEW.alerting_ruleset, NEW.time_zone))
  EXECUTE FUNCTION centre_changed();

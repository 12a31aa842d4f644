-- Nothing is overwritten: a row that is changed or deleted is kept as it was, with the time for which it was on record.
CREATE FUNCTION keep_row_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) = to_jsonb(NEW) THEN RETURN NEW; END IF;
  INSERT INTO monitoring_rowhistory (table_name, row_id, patient_id, recorded_at, superseded_at, "row")
    VALUES (TG_TABLE_NAME, OLD.id, OLD.patient_id, OLD.recorded_at, statement_timestamp(), to_jsonb(OLD));
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW.recorded_at := statement_timestamp();
  RETURN NEW;
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'disease', 'mutationfinding', 'sample', 'baseline', 'treatment', 'venetoclaxcycle', 'dosechange', 'adverseevent',
    'transfusion', 'clinicalevent'
  ] LOOP
    EXECUTE format('CREATE TRIGGER keep_row_history BEFORE UPDATE OR DELETE ON monitoring_%s
                    FOR EACH ROW EXECUTE FUNCTION keep_row_history()', name);
  END LOOP;
END $$;
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_rowhistory
  FOR EACH ROW EXECUTE FUNCTION never_changes();

-- The audit is append-only for everyone, the owner included, until the owner openly drops these triggers.
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_auditentry FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON monitoring_auditentry FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_auditseal FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON monitoring_auditseal FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_readentry FOR EACH ROW EXECUTE FUNCTION never_changes();

-- One line per entry, the same on every machine and in every session.
CREATE FUNCTION audit_line(e monitoring_auditentry) RETURNS text LANGUAGE sql STABLE
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET extra_float_digits = 1 AS $$
  SELECT jsonb_build_array(e.id, e.at::text, e.actor_id, e.actor_name, e.action, e.subject_type, e.subject_id,
                           e.patient_id, e.before, e.after, e.reason)::text
$$;

-- Seals what is not yet sealed. The lock waits for writers that are under way, so that no lower number comes later;
-- it gives up after two seconds, and the next round tries again.
CREATE FUNCTION audit_seal() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE last_seal monitoring_auditseal; batch record;
BEGIN
  LOCK TABLE monitoring_auditentry IN SHARE MODE;
  SELECT * INTO last_seal FROM monitoring_auditseal ORDER BY id DESC LIMIT 1;
  SELECT min(id) AS first_id, max(id) AS last_id, count(*) AS entries,
         string_agg(audit_line(e), E'\n' ORDER BY id) AS lines
    INTO batch FROM monitoring_auditentry e WHERE id > coalesce(last_seal.last_id, 0);
  IF batch.entries = 0 THEN RETURN 0; END IF;
  INSERT INTO monitoring_auditseal (first_id, last_id, entries, digest, previous_digest, sealed_at) VALUES (
    coalesce(last_seal.last_id, 0) + 1, batch.last_id, batch.entries,
    encode(sha256(convert_to(coalesce(last_seal.digest, '') || E'\n' || batch.lines, 'UTF8')), 'hex'),
    coalesce(last_seal.digest, ''), statement_timestamp());
  RETURN batch.entries;
END $$;

-- Every line, whoever asks: what `manage.py verify_audit` recomputes the seals from.
CREATE FUNCTION audit_lines(from_id bigint, to_id bigint) RETURNS TABLE (id bigint, line text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.id, audit_line(e) FROM monitoring_auditentry e WHERE e.id BETWEEN from_id AND to_id ORDER BY e.id
$$;
REVOKE EXECUTE ON FUNCTION request_recompute(bigint[], text) FROM PUBLIC;

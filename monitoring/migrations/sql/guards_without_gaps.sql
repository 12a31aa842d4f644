-- Who signs, signs in their own name; and no row arrives signed by two people, but for patients who are made up.
CREATE OR REPLACE FUNCTION result_signed_in_own_name() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF app_actor() IS DISTINCT FROM NEW.authorised_by_id
  THEN PERFORM refuse('A result is authorised in one''s own name.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER result_version_signed_in_own_name BEFORE UPDATE ON monitoring_mrdresult FOR EACH ROW
  WHEN (OLD.state = 'SUBMITTED' AND NEW.state = 'AUTHORISED') EXECUTE FUNCTION result_signed_in_own_name();

CREATE OR REPLACE FUNCTION signed_results_arrived() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT patient_id FROM arrived WHERE authorisation_basis = 'TWO_PEOPLE') r
    JOIN monitoring_patient p ON p.id = r.patient_id WHERE NOT p.is_synthetic
  ) THEN PERFORM refuse('A result arrives as a draft; two people sign it, each in a step of their own.'); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER signed_results_arrived AFTER INSERT ON monitoring_mrdresult
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION signed_results_arrived();

-- A well is not carried away from a version that is no draft, nor to one.
CREATE OR REPLACE FUNCTION result_wells_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE r monitoring_mrdresult;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.result_id <> OLD.result_id
  THEN PERFORM refuse('A well stays with its result.'); END IF;
  SELECT * INTO r FROM monitoring_mrdresult WHERE id = coalesce(NEW.result_id, OLD.result_id);
  IF r.state <> 'DRAFT' THEN PERFORM refuse('Wells belong to a draft only.'); END IF;
  IF app_actor() IS NULL THEN PERFORM refuse('Nobody is named who enters these wells.'); END IF;
  INSERT INTO monitoring_resultcontributor (result_id, patient_id, user_id)
    VALUES (r.id, r.patient_id, app_actor()) ON CONFLICT DO NOTHING;
  RETURN coalesce(NEW, OLD);
END $$;

-- What `manage.py verify_audit` recomputes the seals from: the digest of the lines, no longer the lines themselves,
-- which told whoever asked of every centre's patients.
CREATE OR REPLACE FUNCTION audit_digest(from_id bigint, to_id bigint, previous text)
RETURNS TABLE (entries bigint, digest text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*), encode(sha256(convert_to(
    previous || E'\n' || coalesce(string_agg(audit_line(e), E'\n' ORDER BY e.id), ''), 'UTF8')), 'hex')
  FROM monitoring_auditentry e WHERE e.id BETWEEN from_id AND to_id
$$;
DROP FUNCTION IF EXISTS audit_lines(bigint, bigint);

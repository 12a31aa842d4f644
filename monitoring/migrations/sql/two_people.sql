-- Two people for every result, and no way around it: these triggers belong to the owner role and fire for everyone.
CREATE FUNCTION refuse(sentence text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', sentence USING ERRCODE = 'check_violation';
END $$;

-- New versions: those who entered or submitted are contributors; a version that arrives signed obeys the same rule.
CREATE FUNCTION result_versions_arrived() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM arrived r JOIN monitoring_assay a ON a.id = r.assay_id JOIN monitoring_mrdseries s ON s.id = r.series_id
    WHERE a.marker <> s.marker
  ) THEN PERFORM refuse('The assay does not measure the marker of this series.'); END IF;
  IF EXISTS (
    SELECT 1 FROM arrived r JOIN monitoring_assay a ON a.id = r.assay_id JOIN monitoring_laboratory l ON l.id = a.laboratory_id
    WHERE r.authorisation_basis = 'SENDING_LABORATORY' AND l.responsible_person = ''
  ) THEN PERFORM refuse('The sending laboratory has no responsible person.'); END IF;
  INSERT INTO monitoring_resultcontributor (result_id, patient_id, user_id)
    SELECT id, patient_id, entered_by_id FROM arrived
    UNION SELECT id, patient_id, submitted_by_id FROM arrived WHERE submitted_by_id IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER result_versions_arrived AFTER INSERT ON monitoring_mrdresult
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION result_versions_arrived();

-- What a person can read in a version; facts repeated from sample and assay follow those by cascade.
CREATE FUNCTION result_content(r monitoring_mrdresult) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT (r.patient_id, r.series_id, r.sample_id, r.assay_id, r.determination, r.version, r.call, r.pct_abl1,
          r.extrapolated_pct_abl1, r.target_copies, r.abl1_copies, r.lod_pct_abl1, r.loq_pct_abl1, r.entered_scale, r.entered_value,
          r.problems, r.comment, r.constructed, r.entered_by_id, r.entered_at)::text
$$;

CREATE FUNCTION result_version_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE step text := OLD.state || '>' || NEW.state;
BEGIN
  IF step NOT IN ('DRAFT>DRAFT', 'DRAFT>SUBMITTED', 'DRAFT>WITHDRAWN', 'SUBMITTED>SUBMITTED', 'SUBMITTED>DRAFT',
                  'SUBMITTED>AUTHORISED', 'AUTHORISED>AUTHORISED', 'AUTHORISED>SUPERSEDED', 'AUTHORISED>WITHDRAWN',
                  'SUPERSEDED>SUPERSEDED', 'WITHDRAWN>WITHDRAWN')
  THEN PERFORM refuse(format('A result does not go from %s to %s.', lower(OLD.state), lower(NEW.state))); END IF;
  IF result_content(OLD) IS DISTINCT FROM result_content(NEW) THEN
    IF OLD.state <> 'DRAFT' THEN PERFORM refuse('Only a draft can be edited; amend an authorised result instead.'); END IF;
    IF app_actor() IS NULL THEN PERFORM refuse('Nobody is named who edits this result.'); END IF;
    INSERT INTO monitoring_resultcontributor (result_id, patient_id, user_id)
      VALUES (NEW.id, NEW.patient_id, app_actor()) ON CONFLICT DO NOTHING;
  END IF;
  IF step = 'DRAFT>SUBMITTED' THEN
    INSERT INTO monitoring_resultcontributor (result_id, patient_id, user_id)
      VALUES (NEW.id, NEW.patient_id, NEW.submitted_by_id) ON CONFLICT DO NOTHING;
  END IF;
  IF OLD.state IN ('AUTHORISED', 'SUPERSEDED', 'WITHDRAWN') AND
     (OLD.authorised_by_id, OLD.authorised_at, OLD.authorisation_basis, OLD.submitted_by_id, OLD.submitted_at)
     IS DISTINCT FROM
     (NEW.authorised_by_id, NEW.authorised_at, NEW.authorisation_basis, NEW.submitted_by_id, NEW.submitted_at)
  THEN PERFORM refuse('A signature cannot be changed.'); END IF;
  IF step = 'SUBMITTED>AUTHORISED' AND NEW.authorisation_basis = 'TWO_PEOPLE' AND (
       NEW.authorised_by_id IS NULL OR EXISTS (
         SELECT 1 FROM monitoring_resultcontributor c WHERE c.result_id = NEW.id AND c.user_id = NEW.authorised_by_id))
  THEN PERFORM refuse('Whoever entered, edited or submitted a result cannot authorise it.'); END IF;
  IF step = 'SUBMITTED>AUTHORISED' AND NEW.authorisation_basis = 'SENDING_LABORATORY'
  THEN PERFORM refuse('A result entered here is signed by two people.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER result_version_changes BEFORE UPDATE ON monitoring_mrdresult
  FOR EACH ROW EXECUTE FUNCTION result_version_changes();

CREATE FUNCTION result_wells_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE r monitoring_mrdresult;
BEGIN
  SELECT * INTO r FROM monitoring_mrdresult WHERE id = coalesce(NEW.result_id, OLD.result_id);
  IF r.state <> 'DRAFT' THEN PERFORM refuse('Wells belong to a draft only.'); END IF;
  IF app_actor() IS NULL THEN PERFORM refuse('Nobody is named who enters these wells.'); END IF;
  INSERT INTO monitoring_resultcontributor (result_id, patient_id, user_id)
    VALUES (r.id, r.patient_id, app_actor()) ON CONFLICT DO NOTHING;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER result_wells_change BEFORE INSERT OR UPDATE OR DELETE ON monitoring_resultwell
  FOR EACH ROW EXECUTE FUNCTION result_wells_change();

CREATE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse(format('Rows of %s are never changed or deleted.', TG_TABLE_NAME));
  RETURN NULL;
END $$;
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_resultcontributor
  FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER never_deleted BEFORE DELETE ON monitoring_mrdresult FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER never_deleted BEFORE DELETE ON monitoring_alert FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON monitoring_alertchange
  FOR EACH ROW EXECUTE FUNCTION never_changes();

-- The bench: what belongs to a laboratory is seen by the people of its centre, and by nobody when no centre is set.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'qpcrrun', 'reagentlot', 'qualitypoint', 'qualitytarget', 'externalround', 'assaybridge'
  ] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s
      USING (EXISTS (SELECT 1 FROM monitoring_laboratory l
                     WHERE l.id = laboratory_id AND app_centres() @> ARRAY[l.centre_id]))
      WITH CHECK (EXISTS (SELECT 1 FROM monitoring_laboratory l
                          WHERE l.id = laboratory_id AND app_centres() @> ARRAY[l.centre_id]))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['runreaction', 'runtarget', 'runsample', 'runlot'] LOOP
    EXECUTE format('ALTER TABLE monitoring_%s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON monitoring_%s
      USING (EXISTS (SELECT 1 FROM monitoring_qpcrrun r WHERE r.id = run_id))
      WITH CHECK (EXISTS (SELECT 1 FROM monitoring_qpcrrun r WHERE r.id = run_id))', name);
  END LOOP;
END $$;

ALTER TABLE monitoring_externalsample ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_externalsample
  USING (EXISTS (SELECT 1 FROM monitoring_externalround r WHERE r.id = external_round_id))
  WITH CHECK (EXISTS (SELECT 1 FROM monitoring_externalround r WHERE r.id = external_round_id));

ALTER TABLE monitoring_repeatrequest ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON monitoring_repeatrequest USING (app_sees(patient_id)) WITH CHECK (app_sees(patient_id));

-- What an instrument wrote is never changed: only that a well is left out, by whom and why.
CREATE FUNCTION reaction_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.run_id, OLD.well, OLD.sample_name, OLD.target_name, OLD.role, OLD.cq, OLD.standard_copies,
      OLD.printed_copies, OLD.omitted, OLD.marks, OLD.line)
     IS DISTINCT FROM
     (NEW.run_id, NEW.well, NEW.sample_name, NEW.target_name, NEW.role, NEW.cq, NEW.standard_copies,
      NEW.printed_copies, NEW.omitted, NEW.marks, NEW.line)
  THEN PERFORM refuse('What the instrument wrote is never changed.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reaction_changes BEFORE UPDATE ON monitoring_runreaction
  FOR EACH ROW EXECUTE FUNCTION reaction_changes();

CREATE FUNCTION run_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.laboratory_id, OLD.file_sha256, OLD.file_content, OLD.file_name, OLD.format, OLD.uploaded_by_id, OLD.uploaded_at)
     IS DISTINCT FROM
     (NEW.laboratory_id, NEW.file_sha256, NEW.file_content, NEW.file_name, NEW.format, NEW.uploaded_by_id, NEW.uploaded_at)
  THEN PERFORM refuse('The file of a run is never changed.'); END IF;
  IF OLD.state = 'DISCARDED' AND NEW.state <> 'DISCARDED' THEN
    PERFORM refuse('A discarded run stays discarded; take the file in again.');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_changes BEFORE UPDATE ON monitoring_qpcrrun FOR EACH ROW EXECUTE FUNCTION run_changes();

-- A setting that results were computed with is never changed: a change is a new version of the assay.
CREATE FUNCTION assay_in_use_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF (OLD.laboratory_id, OLD.marker, OLD.mutation_type, OLD.name, OLD.version, OLD.control_gene, OLD.cq_cutoff,
      OLD.limit_copies, OLD.loq_copies, OLD.reports_below_loq, OLD.mode, OLD.delta_cq_slope, OLD.undetermined,
      OLD.slope_steepest, OLD.slope_shallowest, OLD.r2_warns_below, OLD.r2_fails_below, OLD.limit_of_blank_copies,
      OLD.standards)
     IS DISTINCT FROM
     (NEW.laboratory_id, NEW.marker, NEW.mutation_type, NEW.name, NEW.version, NEW.control_gene, NEW.cq_cutoff,
      NEW.limit_copies, NEW.loq_copies, NEW.reports_below_loq, NEW.mode, NEW.delta_cq_slope, NEW.undetermined,
      NEW.slope_steepest, NEW.slope_shallowest, NEW.r2_warns_below, NEW.r2_fails_below, NEW.limit_of_blank_copies,
      NEW.standards)
     AND EXISTS (SELECT 1 FROM monitoring_mrdresult r WHERE r.assay_id = OLD.id AND r.state <> 'DRAFT')
  THEN PERFORM refuse('Results were made with this version of the assay; record a new version instead.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER assay_in_use_changes BEFORE UPDATE ON monitoring_assay
  FOR EACH ROW EXECUTE FUNCTION assay_in_use_changes();

-- A lot that failed stops the signing of every result that was measured with it.
CREATE FUNCTION result_signed_with_failed_lot() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.state <> 'AUTHORISED' AND NEW.state = 'AUTHORISED' AND EXISTS (
    SELECT 1 FROM monitoring_runlot rl JOIN monitoring_reagentlot l ON l.id = rl.lot_id
    WHERE rl.run_id = NEW.run_id AND l.state = 'FAILED'
  ) THEN PERFORM refuse('A lot that this run was made with has failed; its results cannot be authorised.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER result_signed_with_failed_lot BEFORE UPDATE ON monitoring_mrdresult
  FOR EACH ROW EXECUTE FUNCTION result_signed_with_failed_lot();

-- The run belongs to what a person reads in a version: it cannot be put in or taken out once submitted.
CREATE OR REPLACE FUNCTION result_content(r monitoring_mrdresult) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT (r.patient_id, r.series_id, r.sample_id, r.assay_id, r.determination, r.version, r.call, r.pct_abl1,
          r.extrapolated_pct_abl1, r.target_copies, r.abl1_copies, r.lod_pct_abl1, r.loq_pct_abl1, r.entered_scale, r.entered_value,
          r.problems, r.comment, r.constructed, r.entered_by_id, r.entered_at, r.run_id, r.typed_curves)::text
$$;

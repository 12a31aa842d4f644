-- Keys that a signed bridge has declared comparable are one key: the first, in the order of characters, of all that
-- hang together. It is worked out anew from the bridges that stand, so that the order of signing and revoking is
-- without meaning, and what a revocation separates goes back to its own key.
UPDATE monitoring_assay SET own_key = assay_key;

CREATE FUNCTION key_after_bridges(own text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH RECURSIVE one(key) AS (
    SELECT own
    UNION
    SELECT CASE one.key WHEN b.first_key THEN b.second_key ELSE b.first_key END
    FROM one JOIN monitoring_assaybridge b ON one.key IN (b.first_key, b.second_key)
    WHERE b.is_comparable AND b.signed_at IS NOT NULL AND b.revoked_at IS NULL
  )
  SELECT min(key COLLATE "C") FROM one
$$;

-- A key is given with the assay; what it counts under follows the bridges and cannot be written by hand.
CREATE FUNCTION assay_key_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.own_key = '' THEN NEW.own_key := NEW.assay_key; END IF;
    NEW.assay_key := key_after_bridges(NEW.own_key);
    RETURN NEW;
  END IF;
  IF NEW.own_key = '' THEN NEW.own_key := OLD.own_key; END IF;
  IF OLD.own_key <> NEW.own_key AND EXISTS (SELECT 1 FROM monitoring_mrdresult r WHERE r.assay_id = OLD.id) THEN
    PERFORM refuse('Results were made with this version of the assay; its own key is never changed.');
  END IF;
  IF NEW.assay_key <> key_after_bridges(NEW.own_key) THEN
    PERFORM refuse('The key of an assay follows its signed bridges.');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER assay_key_follows_insert BEFORE INSERT ON monitoring_assay
  FOR EACH ROW EXECUTE FUNCTION assay_key_follows();
CREATE TRIGGER assay_key_follows_update BEFORE UPDATE ON monitoring_assay
  FOR EACH ROW WHEN ((OLD.own_key, OLD.assay_key) IS DISTINCT FROM (NEW.own_key, NEW.assay_key))
  EXECUTE FUNCTION assay_key_follows();

-- What two people signed is never changed; it can only be revoked, once.
CREATE FUNCTION bridge_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.signed_at IS NOT NULL OR NEW.revoked_at IS NOT NULL THEN
      PERFORM refuse('A bridge is recorded first; a second person signs it.');
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.laboratory_id, OLD.first_key, OLD.second_key, OLD.samples, OLD.factor, OLD.factor_low, OLD.factor_high,
      OLD.recorded_by_id, OLD.recorded_at)
     IS DISTINCT FROM
     (NEW.laboratory_id, NEW.first_key, NEW.second_key, NEW.samples, NEW.factor, NEW.factor_low, NEW.factor_high,
      NEW.recorded_by_id, NEW.recorded_at)
  THEN PERFORM refuse('What was measured for a bridge is never changed; record another one.'); END IF;
  IF OLD.signed_at IS NOT NULL AND
     (OLD.signed_by_id, OLD.signed_at, OLD.is_comparable, OLD.judgement)
     IS DISTINCT FROM (NEW.signed_by_id, NEW.signed_at, NEW.is_comparable, NEW.judgement)
  THEN PERFORM refuse('A signature cannot be changed.'); END IF;
  IF OLD.revoked_at IS NOT NULL AND OLD IS DISTINCT FROM NEW THEN
    PERFORM refuse('A bridge that was revoked stays revoked; record another one.');
  END IF;
  IF OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL AND NEW.is_comparable AND (
    SELECT count(DISTINCT a.marker) FROM monitoring_assay a WHERE a.own_key IN (NEW.first_key, NEW.second_key)
  ) > 1 THEN PERFORM refuse('The two keys measure different markers.'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bridge_changes BEFORE INSERT OR UPDATE ON monitoring_assaybridge
  FOR EACH ROW EXECUTE FUNCTION bridge_changes();

-- Signed or revoked: the assays take their key, their results follow by the foreign key, and these ask for verdicts.
CREATE FUNCTION keys_follow_bridges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE monitoring_assay a SET assay_key = key_after_bridges(a.own_key)
    WHERE a.assay_key <> key_after_bridges(a.own_key);
  RETURN NULL;
END $$;
CREATE TRIGGER keys_follow_bridges AFTER UPDATE ON monitoring_assaybridge
  FOR EACH STATEMENT EXECUTE FUNCTION keys_follow_bridges();

-- A lot that failed is not taken off a run whose results wait: it would open a way around the stop.
CREATE FUNCTION failed_lot_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM monitoring_reagentlot l WHERE l.id = OLD.lot_id AND l.state = 'FAILED')
     AND EXISTS (SELECT 1 FROM monitoring_mrdresult r WHERE r.run_id = OLD.run_id AND r.state = 'SUBMITTED')
  THEN PERFORM refuse('This lot has failed; it stays with the run while results of it wait for a signature.'); END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER failed_lot_stays BEFORE UPDATE OR DELETE ON monitoring_runlot FOR EACH ROW EXECUTE FUNCTION failed_lot_stays();

-- The key that an assay counted under at a moment: of all keys that hung together through the bridges that stood then,
-- the first in the order of characters. Asked as the owner: a bridge is seen by the people of its laboratory, the
-- results that it joins by everybody who cares for the patient, and all of them are to read one past.
CREATE OR REPLACE FUNCTION key_after_bridges(own text, known_at timestamptz) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE one(key) AS (
    SELECT own
    UNION
    SELECT CASE one.key WHEN b.first_key THEN b.second_key ELSE b.first_key END
    FROM one JOIN monitoring_assaybridge b ON one.key IN (b.first_key, b.second_key)
    WHERE b.is_comparable AND b.signed_at <= known_at AND (b.revoked_at IS NULL OR b.revoked_at > known_at)
  )
  SELECT min(key COLLATE "C") FROM one
$$;

-- What stands is what stands in the end: everything signed, nothing revoked. So there is one rule for every moment.
CREATE OR REPLACE FUNCTION key_after_bridges(own text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT key_after_bridges(own, 'infinity') $$;

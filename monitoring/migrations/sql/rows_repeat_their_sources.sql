-- A result repeats facts of its sample and its assay so that a series is read from one index; the database keeps
-- them equal, and a sample or series of another patient cannot be named.
ALTER TABLE monitoring_mrdresult
  ADD CONSTRAINT result_repeats_sample
    FOREIGN KEY (sample_id, patient_id, tissue, collected_on, timepoint)
    REFERENCES monitoring_sample (id, patient_id, tissue, collected_on, timepoint) ON UPDATE CASCADE,
  ADD CONSTRAINT result_repeats_assay
    FOREIGN KEY (assay_id, assay_key) REFERENCES monitoring_assay (id, assay_key) ON UPDATE CASCADE,
  ADD CONSTRAINT result_of_same_patient
    FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id);
ALTER TABLE monitoring_baseline ADD CONSTRAINT baseline_of_same_patient
  FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id);
ALTER TABLE monitoring_recomputerequest ADD CONSTRAINT request_of_same_patient
  FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id) ON DELETE CASCADE;
ALTER TABLE monitoring_storedverdict ADD CONSTRAINT verdict_of_same_patient
  FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id);
ALTER TABLE monitoring_storedepisode ADD CONSTRAINT episode_of_same_patient
  FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id);
ALTER TABLE monitoring_storedfigure ADD CONSTRAINT figure_of_same_patient
  FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id);
ALTER TABLE monitoring_seriessummary ADD CONSTRAINT summary_of_same_patient
  FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id);
ALTER TABLE monitoring_alert ADD CONSTRAINT alert_of_same_patient
  FOREIGN KEY (series_id, patient_id) REFERENCES monitoring_mrdseries (id, patient_id);
ALTER TABLE monitoring_venetoclaxcycle ADD CONSTRAINT cycle_of_same_patient
  FOREIGN KEY (treatment_id, patient_id) REFERENCES monitoring_treatment (id, patient_id);

-- Cycles of one patient never overlap, whichever course of treatment they belong to. No extension is needed.
ALTER TABLE monitoring_venetoclaxcycle
  ADD COLUMN days daterange GENERATED ALWAYS AS (daterange(starts_on, ends_on, '[]')) STORED,
  ADD CONSTRAINT cycle_given_days_fit CHECK (given_days IS NULL OR given_days <= ends_on - starts_on + 1),
  ADD CONSTRAINT cycle_no_overlap
    EXCLUDE USING gist (int8range(patient_id, patient_id, '[]') WITH &&, days WITH &&);

-- NaN and infinity sort above every number, so the upper bounds of the CHECK constraints refuse them.

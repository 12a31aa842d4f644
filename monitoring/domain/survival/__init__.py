"""Survival estimators in plain Python: observations in, typed estimates out; docs/methods/survival.md."""

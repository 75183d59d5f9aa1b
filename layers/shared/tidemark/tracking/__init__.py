"""Tracking: a request becomes hits (collect), hits become rows of the hit log (ingest)."""

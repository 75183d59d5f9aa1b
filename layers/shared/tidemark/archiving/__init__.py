"""Visits to records: day archives, merged periods, freshness and publication."""

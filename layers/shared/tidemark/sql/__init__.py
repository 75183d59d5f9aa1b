"""Read-only SQL over the logs: what may be asked (guard), what it is asked of (sources), and the asking (queries)."""

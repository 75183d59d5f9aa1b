"""Lines of servers' access logs to tracking requests: what each format says, what counts, and as what."""

"""The registry: sites, users, settings and what people configure, on the tables port, and the tracker's snapshot of it."""

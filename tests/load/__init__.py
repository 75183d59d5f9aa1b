"""Load: concurrent clients and readers on a local instance, and whether everything arrived."""

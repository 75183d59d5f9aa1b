"""The embedded driver: SQLite for queues and tables, files for objects, in one directory. Survives SIGKILL."""

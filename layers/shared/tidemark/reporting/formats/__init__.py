"""Formats: an answer as XML, JSON, CSV, TSV, HTML, RSS or plain text, to the byte as Matomo's clients expect it."""

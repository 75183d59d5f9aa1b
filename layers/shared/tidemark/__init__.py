"""Tidemark: web analytics that speaks Matomo's language and needs no servers."""

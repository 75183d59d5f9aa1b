"""Erasing data subjects: the one room that knows where every trace of a visit is kept (docs/privacy.md)."""

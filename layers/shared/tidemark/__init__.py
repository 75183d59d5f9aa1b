"""Tidemark: web analytics that speaks Matomo's language and needs no servers."""

from __future__ import annotations

__version__ = "0.1.0"

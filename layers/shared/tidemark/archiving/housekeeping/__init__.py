"""Housekeeping: small files become large ones, what is too old goes, what nobody names any more is swept."""

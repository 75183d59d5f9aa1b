"""Mails as messages, and handing them to an SMTP server."""

"""Signing in to the web interface: sessions in cookies, second factors, one-time links."""

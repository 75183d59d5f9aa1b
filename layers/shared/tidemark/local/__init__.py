"""The local run: an HTTP front and an event loop around the handlers, wired from what template.yaml declares."""

"""Hits to visits: recognises visitors, cuts visits and publishes the visit log of a site's local day."""

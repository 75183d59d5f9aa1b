"""Definitions: facts about the web (search engines, social networks, countries ...) as data files with small loaders.

Sources: Matomo's public lists of autumn 2024 (search engines and social networks: CC0; spam hosts: public domain),
ISO 3166 and ISO 639.
"""

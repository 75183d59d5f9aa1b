"""The default plugins, one folder each; they use only tidemark.plugin, tidemark.model and tidemark.definitions."""

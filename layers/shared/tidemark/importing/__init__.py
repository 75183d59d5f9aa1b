"""Taking over what a Matomo database holds: sites and their settings, and the visits of the past."""

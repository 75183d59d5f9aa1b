"""The fault campaign: traffic and archiving while stores fail and processes die; then everything has to be right again."""

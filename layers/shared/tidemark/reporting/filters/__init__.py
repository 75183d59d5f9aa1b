"""Filters over tables, in the order in which the pipeline runs them; each is a function that changes one table."""

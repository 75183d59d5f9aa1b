"""Made-up traffic that looks like people: the same for the same seed. Knows the tracking API's parameters, nothing else."""

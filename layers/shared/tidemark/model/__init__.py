"""Facts: hits, visits, sites, periods, tables. No I/O, no heavy imports; everything else may import this."""

"""The reporting API: requests to tables, tables through filters, tables to formats."""

"""Loads CSV files of other systems: which column means what is said in `mappings/`, one file a kind of table."""

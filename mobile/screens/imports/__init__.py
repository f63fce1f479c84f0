"""Importing files: see what they would do, then do it."""

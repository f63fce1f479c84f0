"""Logging in, and the first sync."""

"""Sync: what is pending, refused, or changed by others."""

"""Leads: find one of thousands, and add one."""

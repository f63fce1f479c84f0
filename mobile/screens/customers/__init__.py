"""Customers and members: find one, and see what they hold and why."""

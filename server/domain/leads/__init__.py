"""Leads at the server: who gets one, what is due, who may change it."""

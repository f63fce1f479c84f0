"""Figures at the server: what people and customers add up to."""

"""Devices: who uses them, how they stand, and what those in charge can have done to them."""

"""Coupons at the back office: what was issued, what became of it, and issuing more."""

"""The designer's own places, on a phone: the year, referrals, commissions, events."""

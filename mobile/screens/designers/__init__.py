"""Designers as the showroom and the back office see them: files, referrals, levels, statements."""

"""Designers at the server: who owns a referral, what it earns, yearly reviews and statements."""

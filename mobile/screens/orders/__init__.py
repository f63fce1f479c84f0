"""Orders: today's, the open ones, all; and one with its lines and payments."""

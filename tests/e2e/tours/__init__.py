"""Pictures of every screen, into docs/screenshots: `make screenshots`. They are for people; nothing here is a test."""

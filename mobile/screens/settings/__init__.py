"""Settings: language, appearance, log-out."""

"""The device's half of the engine: its outbox, its copy of the rows, and what it does with an answer."""

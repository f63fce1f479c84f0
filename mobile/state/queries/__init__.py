"""Reading the local copy: a module a screen, each query a function of a database session."""

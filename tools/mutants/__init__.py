"""Mutation testing: change one thing in the product at a time, and see whether a test notices."""

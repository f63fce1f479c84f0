"""Builds the app that runs in a browser: an installable folder of static files that asks no other host for anything."""

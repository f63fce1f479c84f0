"""SQLite as both ends use it: one driver, newer than the system's, twice as fast as the standard library's with many rows.

The device's file is encrypted, the server's is plain. Nothing else of the engine knows a driver.
"""

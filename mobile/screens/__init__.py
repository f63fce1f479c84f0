"""What a person sees: a folder a screen. Places and their routes are listed in `places.py`."""

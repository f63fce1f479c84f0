"""Who is calling: passwords, tokens, devices and the limit on guessing."""

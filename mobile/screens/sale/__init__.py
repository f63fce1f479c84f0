"""Making a sale: what, for whom, how it is paid, and what it brings."""

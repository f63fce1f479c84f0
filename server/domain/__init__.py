"""What the server derives from the facts that devices report."""

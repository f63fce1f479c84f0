"""What the app knows: who is logged in, their local copy, the connection, and how a person likes the app."""

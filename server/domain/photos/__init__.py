"""Photos at the server: rows come by sync like any others, their pictures and thumbnails in pieces beside it."""

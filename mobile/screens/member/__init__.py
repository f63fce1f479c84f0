"""The member's own places, on a phone: card, gifts, points, orders."""

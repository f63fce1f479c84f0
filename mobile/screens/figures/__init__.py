"""Figures for those in charge: the team, what customers said, what they are worth, the points programme, campaigns."""

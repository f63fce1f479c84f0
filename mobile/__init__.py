"""The app: what a salesperson holds in their hands. It never waits for the network."""

VERSION = "0.1.0"

"""A made-up furniture company, 云栖家居, to try the product on. No person, number or article in it is real."""

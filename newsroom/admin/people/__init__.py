"""Logins: the accounts that a chief keeps, and one's own."""

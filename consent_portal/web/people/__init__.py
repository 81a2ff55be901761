"""Who signs in: accounts, sessions, the sign-in page and one's own account."""

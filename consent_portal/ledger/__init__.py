"""Consent events, how they combine, and the hash chain that holds them."""

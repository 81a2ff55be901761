"""What the portal does for a caller, on an open session: decide, summarise, record a release."""

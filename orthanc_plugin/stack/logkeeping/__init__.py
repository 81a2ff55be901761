"""The logs of an installation: what may stand in them, and how they are written without ever ending anything."""

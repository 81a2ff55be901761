"""Free text: what identifies, what is known to be harmless, and how a value is cleaned."""

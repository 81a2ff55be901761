"""Setting notices in a process of its own: a page that takes a minute, or ends its process, never stops the ledger.

`python -m consent_portal.publishing.press` is that process; `consent_portal.publishing.press.press` speaks with it. It
gets settings and words, has no database and no secrets, and writes no file (docs/decisions/0092).
"""

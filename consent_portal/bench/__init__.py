"""`aoa bench portal`: the portal with a million consents beside its goals (ADR 0156)."""

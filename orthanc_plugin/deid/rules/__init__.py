"""Which action for which attribute: profile, plan, content items."""

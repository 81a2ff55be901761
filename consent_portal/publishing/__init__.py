"""The department's notices: settings, versions, and where they hang. What they look like is in `notices`."""

"""The department's notices: settings, versions, reviewers of wording, letters, displays, and the public page."""

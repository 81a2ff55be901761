"""Images to look at: what could not be released for what its pixels may show waits here for a person."""

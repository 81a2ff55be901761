"""The viewer: pictures of an object that the engine rendered, and areas on them; it knows no subject's tables."""

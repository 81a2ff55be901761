"""What an object is: container, file meta, facts, who it is about, how its values are stored."""

"""The site and department: who they are, what they do with images, how their notices look."""

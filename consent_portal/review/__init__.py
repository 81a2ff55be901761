"""Held images and their review: what the engine could not release for its pixels, and what a person decides of it.

The review belongs to the image: decided once, it counts in every later export, until it is stale.
"""

"""Reads what is to leave: files, elements, text, documents, colour profiles, with code of its own."""

"""What a notice says: blocks and values, in the language it is said in."""

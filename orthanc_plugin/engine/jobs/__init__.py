"""Jobs: where they stand, how they are sealed, what makes them durable, the processes that work on them."""

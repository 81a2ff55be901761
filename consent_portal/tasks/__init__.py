"""Work that waits for a person: questions to ask, second reviews, recalls."""

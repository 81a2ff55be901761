"""What waits for a person: the home page, questions to ask, second reviews, recalls."""

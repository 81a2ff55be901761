"""The one error of this part: what stops `aoa up`, told so that an operator can mend it."""


class StackError(Exception):
    """Something `aoa up` cannot go on with. The message names the thing, the rule and the next step."""

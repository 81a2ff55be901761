"""What must be true before something is recorded: the same for a page, a command and the API, in the same words.

Pure functions, a file a subject. Each gives every fault it finds; `refusal.Refusal` carries them to whoever asked. The
field of a fault bears the name that it has at the API, and as an option of the command line. Giving is ruled, saying
no is not: a refusal or withdrawal is never harder than a consent (R19).
"""

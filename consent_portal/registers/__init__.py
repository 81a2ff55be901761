"""The registers that decisions rest on: patients, studies, recipients, approvals."""

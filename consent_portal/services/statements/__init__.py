"""What a person can record, each as it is said at the command line and at the API (contract.md, "one verb a kind").

One model a verb: its fields are the options of `aoa consent VERB` and the JSON of ``POST /api/v1/consent/VERB``, so
that no door has a field that another lacks. A model turns into the ledger's payload and does the whole act.
"""

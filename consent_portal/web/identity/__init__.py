"""Who a study is of: search, the patient's and the study's details in words."""

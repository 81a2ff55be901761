"""What every page needs and no subject owns: roles, headers, errors, wording, fields, paging, limits."""

"""The portal's subcommands of `aoa`: they work on the home's database, whether the portal is running or not."""

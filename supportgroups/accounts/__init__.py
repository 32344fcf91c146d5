"""People: sign-up, sign-in, profile, the devices they are signed in on."""

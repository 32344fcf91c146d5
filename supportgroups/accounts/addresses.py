"""E-mail addresses as we keep them, so that one mailbox has one account."""


def normal_email(typed: str) -> str | None:
    """Return an e-mail address in lower case and ASCII, or none when it is not one.

    Whether anybody reads it is found out by writing to it, never by asking name servers.
    """
    # It compiles its patterns when it is imported, which every start of the site would wait for.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        # Few mail servers take letters beyond ASCII before the @.
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return (found.ascii_email or found.normalized).lower()

"""A domain as people write it → as the domain name system knows it."""


def in_ascii(domain: str) -> str:
    """By IDNA 2008 (RFC 5891): straße.de stays apart from strasse.de, which may be somebody else's.

    Raises UnicodeError where it cannot be a domain.
    """
    if domain.isascii():
        return domain
    # Its tables are large, and few domains need them.
    import idna

    return idna.encode(domain, uts46=True).decode("ascii")

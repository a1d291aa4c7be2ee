"""How people sign in: allauth's decisions, in our words and through our queue."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up, verification and reset for members."""

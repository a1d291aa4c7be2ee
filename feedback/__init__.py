"""Whom we asked, and what they said."""

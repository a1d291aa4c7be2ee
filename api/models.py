"""The heartbeat that went beat → broker → worker → database."""

from django.db import models


class Heartbeat(models.Model):
    """When a part of the service was last seen alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

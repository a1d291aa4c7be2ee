"""What members look for among the customers: by name, address or number."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, OrderBy, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from feedback import intake
from feedback.models import Customer, Interaction
from organizations.models import Organization

LONGEST_WORDS = 120
SORTS: Mapping[str, Sequence[str | OrderBy]] = {
    "name": ("sort_name", "pk"),
    "-name": ("-sort_name", "-pk"),
    "latest": (F("latest").desc(nulls_last=True), "pk"),
    "purchases": (F("count").desc(), "pk"),
}


def find(organization: Organization, *, words: str = "", sort: str = "name") -> QuerySet[Customer, Any]:
    """With the number of her interactions as `count` and the date of the `latest`."""
    hers = Interaction.objects.filter(customer=OuterRef("pk"))
    counted = hers.order_by().values("customer").annotate(count=Count("pk")).values("count")
    # Asked for each customer by herself: only those on the page are counted, not all of a large organization.
    found = organization.customers.filter(erased_at=None).annotate(
        count=Coalesce(Subquery(counted), 0),
        latest=Subquery(hers.order_by("-experienced_at").values("experienced_at")[:1]),
    )
    if words:
        found = found.filter(
            Q(sort_name__contains=intake.sort_name(words)) | Q(email__icontains=words) | Q(reference__icontains=words)
        )
    return found.order_by(*SORTS.get(sort, SORTS["name"]))

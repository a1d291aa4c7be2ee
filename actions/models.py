"""Cases, what was done about each, the rules by which they open, and which mails of the day have been written."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from feedback.models import Customer, Message, Response
from organizations.models import Member, Organization
from surveys.models import Question, Survey, Touchpoint
from surveys.scales import Band


class CaseState(models.TextChoices):
    """new → in work ⇄ waiting → closed, and back to work when it is reopened."""

    NEW = "new", _("new")
    IN_WORK = "in_work", _("in work")
    WAITING = "waiting", _("waiting for the customer")
    CLOSED = "closed", _("closed")


class Outcome(models.TextChoices):
    """How it ended with the customer; the last one is the service's own."""

    PUT_RIGHT = "put_right", _("put right: replaced, repaired or finished")
    COMPENSATED = "compensated", _("compensated: money back, voucher or discount")
    EXPLAINED = "explained", _("explained or apologised")
    PASSED_ON = "passed_on", _("passed on inside the company; the customer knows")
    NOT_REACHED = "not_reached", _("customer not reached after several attempts")
    NO_REPLY_WANTED = "no_reply_wanted", _("nothing to answer: no contact wanted or possible")
    NOT_JUSTIFIED = "not_justified", _("not justified, and told so with the reason")
    ERASED = "erased", _("the response was erased")


class Cause(models.TextChoices):
    """What lay behind it; counted, so that cases of one kind can be stopped at their source."""

    PRODUCT = "product", _("product: quality or function")
    DELIVERY = "delivery", _("delivery: late, lost or damaged")
    CHECKOUT = "checkout", _("ordering, checkout or payment")
    SERVICE = "service", _("service or contact")
    INFORMATION = "information", _("description or information")
    PRICE = "price", _("price or invoice")
    RETURNS = "returns", _("return, exchange or warranty")
    EXPECTATION = "expectation", _("an expectation that was not ours to raise")
    MISTAKE = "mistake", _("a slip: the wrong score was chosen")
    UNKNOWN = "unknown", _("could not be found out")
    OTHER = "other", _("something else")


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        return self.exclude(state=CaseState.CLOSED)

    def overdue(self, now: datetime) -> "CaseQuerySet":
        return self.open().filter(due_at__lt=now)


class Case(models.Model):
    """The follow-up with one unhappy customer: owner, due time, outcome.

    Where its response is erased, the case keeps its times, outcome and cause, and nothing that leads to a person.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="cases", db_index=False)
    response = models.ForeignKey(Response, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+")
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, null=True, blank=True, related_name="+")
    # The low score that opened it, or what the customer has changed it to since; gone with the response.
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    score = models.SmallIntegerField(null=True, blank=True)
    band = models.CharField(max_length=10, blank=True)
    # As of which state of the response triage knows its answers.
    answers_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.NEW)
    owner = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    # The due time it began with: "closed in time" is judged by it, so that nobody is in time by moving the date.
    promised_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices, blank=True)
    cause_text = models.CharField(_("cause in words"), max_length=300, blank=True)
    times_reopened = models.PositiveSmallIntegerField(default=0)
    # Counts the changes, so that two members at once cannot overwrite each other unseen.
    revision = models.PositiveIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response"], name="response_has_one_case"),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_has_a_known_state"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="case_has_a_known_outcome"),
            models.CheckConstraint(condition=Q(cause__in=["", *Cause.values]), name="case_has_a_known_cause"),
            models.CheckConstraint(
                condition=Q(band="", score__isnull=True, response__isnull=True)
                | Q(band__in=[band.value for band in Band], score__isnull=False),
                name="case_has_a_score_in_a_known_band",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_work", "waiting"]) | Q(owner__isnull=False),
                name="case_at_work_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") & Q(closed_at__isnull=True, outcome="", cause="")
                | Q(state="closed", closed_at__isnull=False) & ~Q(outcome="") & (~Q(cause="") | Q(outcome="erased")),
                name="closed_case_says_when_how_and_why",
            ),
            models.CheckConstraint(condition=Q(promised_at__gte=F("opened_at")), name="case_is_due_after_it_opened"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "due_at", "id"], condition=~Q(state="closed"), name="case_open_by_due"
            ),
            models.Index(fields=["organization", "-opened_at", "-id"], name="case_by_opening"),
            models.Index(fields=["organization", "state", "due_at"], name="case_by_state"),
            models.Index(fields=["organization", "-closed_at"], condition=Q(state="closed"), name="case_by_closing"),
        ]

    def __str__(self) -> str:
        return _("Case %(number)s") % {"number": self.pk}

    @property
    def is_open(self) -> bool:
        return self.state != CaseState.CLOSED

    @property
    def is_veiled(self) -> bool:
        """Of a response that was anonymous or is erased, not even the score that opened the case is shown."""
        return self.response is None or self.response.anonymous


class EntryKind(models.TextChoices):
    OPENED = "opened", _("opened")
    ASSIGNED = "assigned", _("assigned")
    RELEASED = "released", _("without an owner")
    NOTE = "note", _("note")
    REPLY = "reply", _("reply")
    MOVED = "moved", _("state")
    DUE = "due", _("due time")
    CHANGED_ANSWER = "changed_answer", _("answer changed")
    CLOSED = "closed", _("closed")
    REOPENED = "reopened", _("reopened")
    ERASED = "erased", _("response erased")


class CaseEntry(models.Model):
    """One line of a case's log: who did what, when. Only ever added to; an erasure empties the text (a trigger)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="entries", db_index=False)
    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    # None: the service itself.
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    # What a member wrote; may speak of a person.
    text = models.TextField(blank=True)
    # Ids, times and scores, never words; an erasure takes the scores.
    detail = models.JSONField(default=dict, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="case_entry_has_a_known_kind"),
        ]
        indexes = [models.Index(fields=["case", "id"], name="case_entry_by_case")]


class DueUnit(models.TextChoices):
    WORKING_DAYS = "working_days", _("working days")
    HOURS = "hours", _("hours")


class HandOver(models.TextChoices):
    NOBODY = "nobody", _("nobody: whoever is free takes it")
    ONE = "one", _("one member")
    IN_TURN = "in_turn", _("case workers in turn, whoever has the fewest open cases first")


class CaseRules(models.Model):
    """When cases open in an organization, how soon they are due, and who gets them; without a row, the defaults."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="+")
    is_on = models.BooleanField(_("Open cases by themselves"), default=True)
    # Lasting questions whose low scores open none; a new question opens cases until somebody says otherwise.
    silent_questions = ArrayField(models.BigIntegerField(), default=list, blank=True)
    due_in = models.PositiveSmallIntegerField(_("Due in"), default=2)
    due_unit = models.CharField(max_length=20, choices=DueUnit.choices, default=DueUnit.WORKING_DAYS)
    hand_over = models.CharField(_("New cases go to"), max_length=10, choices=HandOver.choices, default=HandOver.NOBODY)
    first_owner = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Member")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_in__gte=1, due_in__lte=1000), name="case_is_due_some_time_later"),
            models.CheckConstraint(condition=Q(due_unit__in=DueUnit.values), name="case_rules_have_a_known_unit"),
            models.CheckConstraint(condition=Q(hand_over__in=HandOver.values), name="case_rules_know_who_gets_cases"),
            models.CheckConstraint(
                condition=~Q(hand_over="one") | Q(first_owner__isnull=False), name="case_rules_name_the_one_member"
            ),
        ]


class JobSlot(models.Model):
    """What acts outside takes its row first: one mail a slot, however many workers there are."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    job = models.CharField(max_length=40)
    slot = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "job", "slot"], name="job_is_done_once_a_slot"),
        ]

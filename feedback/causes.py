"""Why a mail has not left, failed, or is in doubt: what Message.cause may say, and how people read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    # withheld
    COMPLAINED = "complained", _("She reported our mail as spam.")
    OPTED_OUT = "opted_out", _("She wants no more mail from us.")
    BOUNCED = "bounced", _("Earlier mail to this address came back: it does not exist.")
    ANSWERED = "answered", _("She has answered already.")
    RESERVED = "reserved", _("Its domain is reserved for examples and tests; no mail leaves for it.")
    NOT_WANTED = "not_wanted", _("The touchpoint sends fewer reminders by now.")
    ASKED_SINCE = "asked_since", _("She was asked about something newer since.")
    EXPIRED = "expired", _("The time to answer was over before the mail could leave.")
    # still waiting
    PAUSED = "paused", _("The touchpoint is paused. The mail leaves when it goes on.")
    # failed
    NO_SUCH_MAILBOX = "no_such_mailbox", _("The address does not exist. Nothing will be sent to it any more.")
    REFUSED = "refused", _("The mail server refused this mail.")
    BAD_ADDRESS = "bad_address", _("This is no address that mail can be sent to.")
    GAVE_UP = "gave_up", _("We tried until the time was over; the mail server always said: later.")
    CANNOT_COMPOSE = "cannot_compose", _("The mail could not be written.")
    # in doubt
    LINE_CUT = "line_cut", _("The line to the mail server broke before it could confirm the mail.")
    UNCLEAR_REPLY = "unclear_reply", _("The mail server answered something that cannot be understood.")
    WORKER_DIED = "worker_died", _("Our own program stopped before the mail server could confirm the mail.")

"""One of everything that an organization can own, made when first asked for."""

import uuid
from dataclasses import dataclass
from functools import cached_property

from actions.models import Case
from feedback import bringing, import_work
from feedback.models import Customer, Import, Invitation, Message, MessageState, Purpose, Response
from organizations import joining, links
from organizations.models import ColleagueInvite, Member, Organization, Role
from surveys import drafting
from surveys.models import Question, Survey, Touchpoint
from tests import factories
from tests.factories import NOW


@dataclass
class Belongings:
    """Of one organization with its whole cast."""

    organization: Organization
    # In the name of everything that has one, so that a page which shows it gives itself away.
    mark: str = "Acme's"

    @cached_property
    def cast(self) -> dict[Role, Member]:
        return factories.cast(self.organization)

    @property
    def colleague(self) -> Member:
        return self.cast[Role.CASE_WORKER]

    @cached_property
    def colleague_invite(self) -> ColleagueInvite:
        olga = self.cast[Role.OWNER]
        return joining.invite(self.organization, email="bob@new.example", role=Role.VIEWER, by=olga, now=NOW)

    @cached_property
    def join_token(self) -> str:
        return links.token(links.JOIN, self.colleague_invite.public_id)

    @cached_property
    def survey(self) -> Survey:
        """Published, with a new draft that continues it."""
        quentin = self.cast[Role.QUALITY_MANAGER]
        survey = factories.survey(self.organization, name=f"{self.mark} survey", by=quentin)
        drafting.continue_(survey, by=quentin, now=NOW)
        return survey

    @cached_property
    def touchpoint(self) -> Touchpoint:
        return factories.touchpoint(self.organization, survey=self.survey, name=f"{self.mark} touchpoint")

    @cached_property
    def customer(self) -> Customer:
        return factories.customer(self.organization, f"{self.mark} customer")

    @cached_property
    def import_waiting(self) -> Import:
        """A file of which nobody has said what its columns mean."""
        content = f"date,customer,store\n2026-01-05,7,{self.mark} store\n2026-01-06,8,Berlin\n".encode()
        return bringing.bring(self.organization, [content], name=f"{self.mark} file", by=None, now=NOW)

    @cached_property
    def import_done(self) -> Import:
        """A file that was recorded but for a faulty row."""
        content = f"date,customer,store\n2026-01-05,7,{self.mark} store\nsoon,8,{self.mark}\n2026-01-06,9,Rome\n"
        it = bringing.bring(self.organization, [content.encode()], name=f"{self.mark} file", by=None, now=NOW)
        bringing.check(it, bringing.mapping_of(it), moves_dates=True, by=None, now=NOW, is_straight=True)
        import_work.work(worker="Wanda", now=NOW, only=it.pk)
        it.refresh_from_db()
        return it

    @cached_property
    def invitation(self) -> Invitation:
        return factories.invitation(factories.purchase(self.customer), touchpoint=self.touchpoint)

    @cached_property
    def response(self) -> Response:
        return factories.response(self.invitation, experienced_on=NOW.date())

    @cached_property
    def case(self) -> Case:
        """Of a customer who gave a 2."""
        return Case.objects.create(
            organization=self.organization,
            response=self.response,
            customer=self.customer,
            survey=self.survey,
            touchpoint=self.touchpoint,
            question=self.scored_question,
            score=2,
            band="low",
            answers_at=NOW,
            opened_at=NOW,
            due_at=NOW,
            promised_at=NOW,
        )

    @property
    def scored_question(self) -> Question:
        found = self.survey.questions.exclude(figure="").first()
        assert found is not None
        return found

    @cached_property
    def answer_token(self) -> str:
        return links.token(links.ANSWER, self.invitation.public_id)

    @cached_property
    def message(self) -> Message:
        """One that a mail server refused."""
        return Message.objects.create(
            organization=self.organization,
            invitation=self.invitation,
            customer=self.customer,
            purpose=Purpose.INVITATION,
            uuid=uuid.uuid4(),
            to=self.customer.email,
            address_key=self.customer.address_key,
            state=MessageState.FAILED,
            not_before=NOW,
            give_up_at=NOW,
            created_at=NOW,
        )

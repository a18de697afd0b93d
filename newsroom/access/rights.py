"""What one login may do with one story: every rule of it, asked of one value.

A page that asks many questions about one story makes the value once; the functions of `stories` and `work` make it for
a single question.
"""

from dataclasses import dataclass
from functools import cached_property

from newsroom.models import Check, Story
from newsroom.workflow import TRANSITIONS, Deed, Live, Stage, Who

from .standing import CHIEFS, EDITORS_UP, PICTURE_DESK, SUB_EDITORS_UP, WRITERS, Login, Standing, standing_of

# For each deed that asks for another pair of eyes, the deeds that put a text forward for it.
PUT_FORWARD_BY: dict[Deed, tuple[Deed, ...]] = {
    Deed.APPROVE: (Deed.SUBMIT, Deed.FLASH),
    Deed.LOOK: (Deed.FLASH, Deed.CORRECT),
}


@dataclass(frozen=True)
class StoryRights:
    """What the login of `standing` may do with `story`, as its stage stood when it was first asked.

    Whether a deed fits the stage is the workflow's rule, and whether the text is fit for it the checklist's.
    """

    standing: Standing
    story: Story

    @cached_property
    def is_writer(self) -> bool:
        """Whether the login is one of those that write the story."""
        number = self.standing.user_id
        if number is None or self.story.pk is None:
            return False
        return any(writer.pk == number for writer in self.story.writers.all())

    @cached_property
    def may_view(self) -> bool:
        return bool(self.standing.roles) and (self.standing.covers(self.story.section_id) or self.is_writer)

    def is_one_of(self, who: Who) -> bool:
        """Whether the login is among those whom the workflow's table means by `who`, for this story."""
        over_it = self.standing.covers(self.story.section_id)
        match who:
            case Who.WRITERS:
                return self.standing.is_any(WRITERS) and self.is_writer
            case Who.WRITERS_AND_EDITORS:
                writes = self.standing.is_any(WRITERS) and self.is_writer
                return writes or (over_it and self.standing.is_any(EDITORS_UP))
            case Who.SUB_EDITORS_UP:
                return over_it and self.standing.is_any(SUB_EDITORS_UP)
            case Who.EDITORS_UP:
                return over_it and self.standing.is_any(EDITORS_UP)
            case Who.CHIEFS:
                return over_it and self.standing.is_any(CHIEFS)

    # --- Deeds

    def may_do(self, deed: Deed) -> bool:
        """Whether `deed` is theirs to do on a story like this one, whatever its stage and four eyes aside."""
        return self.is_one_of(TRANSITIONS[deed].who)

    def lacks_second_eyes(self, deed: Deed) -> bool:
        """Whether four eyes forbid it: nobody approves what they wrote or submitted, nor looks again at their flash."""
        if not TRANSITIONS[deed].four_eyes:
            return False
        return self.is_writer or _put_forward_by(self.story, deed) == self.standing.user_id

    def may_override_four_eyes(self, deed: Deed) -> bool:
        return may_do_alone(self.standing, deed)

    @cached_property
    def open_deeds(self) -> tuple[Deed, ...]:
        """The deeds to offer as buttons, in the table's order."""
        return tuple(deed for deed in TRANSITIONS if self._is_open(deed))

    def _is_open(self, deed: Deed) -> bool:
        transition = TRANSITIONS[deed]
        return (
            self.story.stage in transition.sources
            and fits_live(transition.live, self.story)
            and self.may_do(deed)
            and is_in_time(deed, self.story)
            and (not self.lacks_second_eyes(deed) or self.may_override_four_eyes(deed))
        )

    @property
    def waits_for_other_eyes(self) -> bool:
        """Whether the rule of four eyes is all that keeps them from approving."""
        is_at_review = self.story.stage in TRANSITIONS[Deed.APPROVE].sources
        return is_at_review and Deed.APPROVE not in self.open_deeds and self.may_do(Deed.APPROVE)

    @property
    def opens_for_the_desk(self) -> bool:
        """Whether a submitted text is in the desk's hands once they open it: they review for somebody else."""
        return self.may_view and self.may_do(Deed.SEND_BACK) and not self.lacks_second_eyes(Deed.APPROVE)

    @property
    def may_retry(self) -> bool:
        """Whether they may have the clock try a failed publication again at once: whoever may publish it."""
        return self.story.stage == Stage.SCHEDULED and bool(self.story.failure) and self.may_do(Deed.PUBLISH)

    # --- The text

    @cached_property
    def may_edit_text(self) -> bool:
        """Whether they may change the text now: in draft its writers and editors, in review the desk, else nobody.

        What is ready or published is read-only, so that what was approved is what appears.
        """
        match self.story.stage:
            case Stage.DRAFT:
                return self.is_one_of(Who.WRITERS_AND_EDITORS)
            case Stage.REVIEW:
                return self.is_one_of(Who.SUB_EDITORS_UP)
        return False

    @property
    def may_correct(self) -> bool:
        """Whether they may correct the live article at once."""
        return Deed.CORRECT in self.open_deeds

    @property
    def may_take_over(self) -> bool:
        """Whether they may take the hand from whoever is writing: everybody who may change the text now."""
        return self.may_edit_text

    # --- What stands beside it

    @property
    def may_plan(self) -> bool:
        """Whether they may change its plan: who writes it, by when and how long."""
        return self.is_one_of(Who.SUB_EDITORS_UP)

    @property
    def may_add_caution(self) -> bool:
        """Whether they may set or lengthen an embargo, or declare a sensitive case: its writers and the desk."""
        return self.is_one_of(Who.WRITERS_AND_EDITORS) or self.is_one_of(Who.SUB_EDITORS_UP)

    @property
    def may_lift_caution(self) -> bool:
        """Whether they may shorten or lift an embargo, or declare a case not sensitive any more: an editor."""
        return self.is_one_of(Who.EDITORS_UP)

    @property
    def may_ask_check(self) -> bool:
        """Whether they may ask for a check: whoever may read the story."""
        return self.may_view

    def may_give_check(self, kind: str) -> bool:
        """Whether they may give a check: a chief on the law, the picture desk on pictures, and on a second source an
        editor who did not write the text.
        """
        if not self.may_view:
            return False
        match kind:
            case Check.Kind.LEGAL:
                return self.is_one_of(Who.CHIEFS)
            case Check.Kind.PICTURES:
                return self.standing.is_any(PICTURE_DESK)
            case Check.Kind.SOURCE:
                return self.is_one_of(Who.EDITORS_UP) and not self.is_writer
        return False

    def may_waive_check(self, kind: str) -> bool:
        """Whether they may waive a check, with a reason: a chief on the law, an editor on the others."""
        return self.is_one_of(Who.CHIEFS if kind == Check.Kind.LEGAL else Who.EDITORS_UP)

    @property
    def may_share(self) -> bool:
        """Whether they may show a version to somebody without an account: the desk, which answers for what leaves."""
        return self.is_one_of(Who.SUB_EDITORS_UP)


def rights_on(user: Login, story: Story) -> StoryRights:
    """What `user` may do with `story`. Make it anew once the story has moved."""
    return StoryRights(standing_of(user), story)


def may_do_alone(standing: Standing, deed: Deed) -> bool:
    """Whether one pair of eyes is enough for `deed`: a chief may approve alone, with a reason that stays on record."""
    return TRANSITIONS[deed].chief_may_override and standing.is_any(CHIEFS)


def fits_live(live: Live, story: Story) -> bool:
    """Whether `story` is live, or not yet, as the workflow's table asks of a deed."""
    return live is Live.ANY or story.is_live is (live is Live.ONLY)


def is_in_time(deed: Deed, story: Story) -> bool:
    """Whether it is not too late for `deed`: a second look is given once, and what the desk opened is in its hands."""
    transition = TRANSITIONS[deed]
    if transition.only_unopened and story.opened_at is not None:
        return False
    return story.awaits_second_look or not transition.only_awaiting_second_look


def _put_forward_by(story: Story, deed: Deed) -> int | None:
    """The number of the login that last put the story forward for `deed`; None when nobody did."""
    known: int | None
    if (known := story.__dict__.get(f"put_to_{deed}", -1)) != -1:
        return known
    return story.moves.filter(deed__in=PUT_FORWARD_BY[deed]).values_list("by", flat=True).first()

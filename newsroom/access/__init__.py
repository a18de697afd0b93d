"""Who may see and do what. The one policy: every admin, view and endpoint of the desk asks here.

It knows roles, not `is_superuser`: somebody without a role may do nothing. Whether a deed fits a story's stage is
`workflow`'s to say, whether the text is fit for it `checklist`'s. `standing` imports none of the others, `rights`
and `people` stand on it, `stories` on `rights`, `work` and `accounts` on these, and `rows` on all but `work`.
"""

from .accounts import grantable_roles, grantable_sections
from .people import desk_of, readers_of
from .rights import StoryRights, fits_live, is_in_time, rights_on
from .rows import approved_texts_of_others, choosable_articles, choosable_stories, may, visible
from .standing import (
    EDITORS_UP,
    SUB_EDITORS_UP,
    WRITERS,
    Login,
    Role,
    Standing,
    may_enter,
    recorded_standing,
    standing_of,
)
from .stories import (
    choosable_sections,
    deeds_open_to,
    is_one_of,
    may_do,
    may_edit_text,
    may_flash,
    may_override_four_eyes,
    may_view_story,
    may_write_stories,
    visible_stories,
    with_put_forward_by,
)
from .work import (
    assignable,
    checks_to_give,
    givers_of_check,
    may_be_assigned,
    may_commission,
)

__all__ = [
    "EDITORS_UP",
    "SUB_EDITORS_UP",
    "WRITERS",
    "Login",
    "Role",
    "Standing",
    "StoryRights",
    "approved_texts_of_others",
    "assignable",
    "checks_to_give",
    "choosable_articles",
    "choosable_sections",
    "choosable_stories",
    "deeds_open_to",
    "desk_of",
    "fits_live",
    "givers_of_check",
    "grantable_roles",
    "grantable_sections",
    "is_in_time",
    "is_one_of",
    "may",
    "may_be_assigned",
    "may_commission",
    "may_do",
    "may_edit_text",
    "may_enter",
    "may_flash",
    "may_override_four_eyes",
    "may_view_story",
    "may_write_stories",
    "readers_of",
    "recorded_standing",
    "rights_on",
    "standing_of",
    "visible",
    "visible_stories",
    "with_put_forward_by",
]

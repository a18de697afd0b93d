"""Who may see and do what. The one policy: every admin, view and endpoint of the desk asks here.

It knows roles, not `is_superuser`: somebody without a role may do nothing. Whether a deed fits a story's stage is
`workflow`'s to say, whether the text is fit for it `checklist`'s. `standing` imports none of the others, `rights`
and `people` stand on it, `stories` on `rights`, `work` and `accounts` on these, and `rows` on all but `work`.
"""

from .accounts import grantable_roles, grantable_sections, may_manage
from .people import desk_of, readers_of
from .rights import PUT_FORWARD_BY, StoryRights, fits_live, is_awaited, rights_on
from .rows import RIGHTS, Rights, choosable_articles, choosable_stories, may, may_change_photo, visible
from .standing import (
    CHIEFS,
    EDITORS_UP,
    EVERYONE,
    NO_STANDING,
    NOBODY,
    PICTURE_DESK,
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
    is_writer,
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
    "CHIEFS",
    "EDITORS_UP",
    "EVERYONE",
    "NOBODY",
    "NO_STANDING",
    "PICTURE_DESK",
    "PUT_FORWARD_BY",
    "RIGHTS",
    "SUB_EDITORS_UP",
    "WRITERS",
    "Login",
    "Rights",
    "Role",
    "Standing",
    "StoryRights",
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
    "is_awaited",
    "is_one_of",
    "is_writer",
    "may",
    "may_be_assigned",
    "may_change_photo",
    "may_commission",
    "may_do",
    "may_edit_text",
    "may_enter",
    "may_flash",
    "may_manage",
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

"""The names of a text's fields and of the rows that it refers to, as far as one person may know them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from articles.body import references
from articles.models import Article
from newsroom import access
from newsroom.models import Photo, Story
from newsroom.stories.content import ContentDict

Rows: TypeAlias = dict[type[Model], dict[int, str]]


def label_of(name: str) -> str | Promise:
    """The label of a field of a text at the desk. A field that the model lacks now keeps its own name."""
    return getattr(_field(name), "verbose_name", name)


def model_of(name: str) -> type[Model] | None:
    """The model whose rows a field refers to by number. None for a field of words or choices."""
    model = getattr(_field(name), "related_model", None)
    return model if isinstance(model, type) else None


def _field(name: str) -> Any:
    try:
        return Story._meta.get_field(name)
    except FieldDoesNotExist:
        return None


class Names:
    """The names of all rows that some texts refer to, in one query for each model.

    An article that is neither public nor visible to `user` has no name here, just as one that does not exist.
    """

    def __init__(self, user: access.Login, contents: Iterable[ContentDict]) -> None:
        wanted: dict[type[Model], set[int]] = defaultdict(set)
        for content in contents:
            for name, value in content.items():
                if (model := model_of(name)) and value:
                    wanted[model].update(value if isinstance(value, list) else [value])
            named = references(content["body"])
            wanted[Story].update(named.articles)
            wanted[Photo].update(named.images)
        self._rows: Rows = {model: _names(user, model, numbers) for model, numbers in wanted.items() if numbers}

    def story(self, number: int) -> str:
        return self._rows.get(Story, {}).get(number) or _("an article that is not there any more")

    def photo(self, number: int) -> str:
        return self._rows.get(Photo, {}).get(number) or _("a picture that is not there any more")

    def each(self, name: str, value: Any) -> list[str]:
        """The value of a field as words, one string for each row that it refers to."""
        model = model_of(name)
        if value in (None, "", []):
            return []
        numbers = value if isinstance(value, list) else [value]
        if model is None:
            choices = dict(getattr(_field(name), "flatchoices", ()))
            return [str(choices.get(number, number)) for number in numbers]
        if model is Story:
            return [self.story(number) for number in numbers]
        return [self._rows[model].get(number) or _("gone, formerly number %s") % number for number in numbers]


@dataclass(frozen=True)
class NamedArticle:
    """An article and the name that one person may know. They may open its page at the desk if `is_theirs`."""

    number: int
    title: str
    is_live: bool
    is_theirs: bool


def named_articles(user: access.Login, numbers: set[int]) -> dict[int, NamedArticle]:
    """The articles of these numbers, named by their published headline, or else by that of a story `user` may see.

    A story that `user` may not see is named like one that does not exist, so that nobody learns that it does.
    """
    if not numbers:
        return {}
    theirs = dict(access.visible_stories(user).filter(pk__in=numbers).values_list("pk", "headline"))
    live = dict(Article.objects.filter(pk__in=numbers).values_list("pk", "headline"))
    gone = _("an article that is not there any more")
    return {
        number: NamedArticle(number, live.get(number) or theirs.get(number) or gone, number in live, number in theirs)
        for number in numbers
    }


def _names(user: access.Login, model: type[Model], numbers: set[int]) -> dict[int, str]:
    if model is not Story:
        return {row.pk: str(row) for row in access.visible(user, model).filter(pk__in=numbers)}
    drafts = dict(access.visible_stories(user).filter(pk__in=numbers).values_list("pk", "headline"))
    return drafts | dict(Article.objects.filter(pk__in=numbers).values_list("pk", "headline"))

"""The former addresses of reference data: kept when a row is renamed, shown on its form, given up by a chief."""

import logging
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models.former import former_addresses_of, remember_address
from newsroom import access
from newsroom.access import Role

from .base import signed_in
from .meanwhile import SharedForm
from .protected import KeptWhileInUse

logger = logging.getLogger(__name__)
MOST_SHOWN = 100


class FormerAddressesForm(SharedForm):
    """The form of a row with the addresses that it had before, each with a box to give it up, for a chief."""

    former = forms.MultipleChoiceField(
        label=_("Former addresses"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    may_give_up = False
    not_compared = ("former",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = list(former_addresses_of(self.instance)[:MOST_SHOWN]) if self.instance.pk else []
        field = self.fields["former"]
        if not kept or not isinstance(field, forms.MultipleChoiceField):
            del self.fields["former"]
            return
        field.choices = [(each.slug, each.slug) for each in kept]
        field.disabled = not self.may_give_up
        field.help_text = (
            _("Readers who come by them are sent to the present one. Tick one to give it up: it then leads nowhere.")
            if self.may_give_up
            else _("Readers who come by them are sent to the present one. A chief may give one up.")
        )


class RemembersAddresses(KeptWhileInUse):
    """An admin whose rows keep the addresses that they had."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        may = access.standing_of(signed_in(request)).is_any(frozenset({Role.CHIEF}))
        return type(form.__name__, (form,), {"may_give_up": may})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Django's, with the former addresses at the end of a row that has some."""
        shown = ["former"] if obj is not None and former_addresses_of(obj).exists() else []
        (name, options), *others = super().get_fieldsets(request, obj)
        own = [field for field in options["fields"] if field != "former"]
        return [(name, {**options, "fields": [*own, *shown]}), *others]

    @admin.display(description=_("Former addresses"))
    def former(self, row: Any) -> str:
        """For somebody who may not change the row."""
        return ", ".join(former_addresses_of(row).values_list("slug", flat=True)[:MOST_SHOWN])

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the address that the row had, in the transaction of its save, and give up those that were ticked."""
        before = type(obj)._default_manager.filter(pk=obj.pk).values_list("slug", flat=True).first() if change else ""
        super().save_model(request, obj, form, change)
        if change:
            remember_address(obj, before or "")
        for slug in form.cleaned_data.get("former") or () if form.may_give_up else ():
            former_addresses_of(obj).filter(slug=slug).delete()
            logger.info("%s gave up the former address %s of %s %s", request.user, slug, obj._meta.model_name, obj.pk)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """A row that is gone keeps no address from others."""
        former_addresses_of(obj).delete()
        super().delete_model(request, obj)

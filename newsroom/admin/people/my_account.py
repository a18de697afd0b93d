"""The page of the person signed in: their roles, their sections and their choices of mail."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext

from newsroom import access
from newsroom.admin.base import signed_in
from newsroom.admin.meanwhile import SharedForm
from newsroom.door.record import SHOWN
from newsroom.models import SignIn, StaffProfile


def urls(desk: AdminSite) -> list[URLPattern]:
    """The address of one's own account, behind the desk's door."""
    return [path("mon-compte/", desk.admin_view(my_account), name="my_account")]


class MailForm(SharedForm):
    """The choices of mail."""

    class Meta:
        model = StaffProfile
        fields = ("wants_mail", "mail_asked", "mail_texts", "mail_desk")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not access.standing_of(self.instance.user).is_any(access.SUB_EDITORS_UP):
            del self.fields["mail_desk"]  # there is none for them


def my_account(request: HttpRequest) -> HttpResponse:
    """Show the account of the person signed in, or keep their choices of mail."""
    user = signed_in(request)
    with transaction.atomic(durable=True):
        if request.method == "POST":  # a chief who changes the account at this moment holds it too
            list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
        profile = StaffProfile.objects.select_related("author").filter(user=user).first() or StaffProfile(user=user)
        form = MailForm(request.POST or None, instance=profile)
        is_saved = request.method == "POST" and form.is_valid()
        if is_saved:
            form.save()
    if is_saved:
        if form.joined:
            messages.info(request, form.what_was_joined())
        messages.success(request, gettext("Saved: your mail is as you chose."))
        return redirect("admin:my_account")
    context = {
        **admin.site.each_context(request),
        "title": gettext("My account"),
        "form": form,
        "profile": profile,
        "sections": list(profile.sections.all()) if profile.pk else [],
        "sign_ins": SignIn.of(user)[:SHOWN],
    }
    return render(request, "newsroom/people/my_account.html", context)

"""The page of the person signed in: their roles, their sections and their choices of mail."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext

from newsroom import access
from newsroom.admin.base import signed_in
from newsroom.door.record import SHOWN
from newsroom.models import SignIn, StaffProfile


def urls(desk: AdminSite) -> list[URLPattern]:
    """The address of one's own account, behind the desk's door."""
    return [path("mon-compte/", desk.admin_view(my_account), name="my_account")]


class MailForm(forms.ModelForm[StaffProfile]):
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
    profile = StaffProfile.objects.select_related("author").filter(user=user).first() or StaffProfile(user=user)
    form = MailForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        form.save()
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

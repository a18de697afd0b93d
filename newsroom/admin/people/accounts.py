"""The accounts of the staff: who enters, in which role, over which sections. Nobody grants more than they have."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.models import Group, User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from articles.models import Author, Section
from articles.wording import thousands
from newsroom import access
from newsroom.access import Role
from newsroom.accounts import end_sessions, set_standing
from newsroom.admin.base import signed_in
from newsroom.admin.forms.choices import offer, offer_rows
from newsroom.admin.forms.parsing import row_number
from newsroom.admin.meanwhile import SharedForm, SharedRows
from newsroom.door.record import SHOWN, refused_to_nobody, with_refused_lately
from newsroom.models import SignIn, StaffProfile, name_of
from newsroom.templatetags.desk import short_when

# Django's own pages would let whoever may use them make themselves a superuser, or rename a role.
for model in (User, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


NAMES = ("username", "first_name", "last_name", "email")


class AccountForm(SetPasswordMixin, SharedForm):  # type: ignore[type-arg]
    """A login and its standing. `by` is who fills it in: the choices are those they may grant, and no others."""

    by: User
    roles = forms.MultipleChoiceField(label=capfirst(_("roles")), widget=forms.CheckboxSelectMultiple)
    sections = forms.ModelMultipleChoiceField(
        Section.objects.none(),
        label=capfirst(_("sections")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    author = forms.ModelChoiceField(Author.objects.none(), label=capfirst(_("signs as")), required=False)
    wants_mail = forms.BooleanField(label=capfirst(_("receives the desk’s mail")), required=False, initial=True)
    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=_("Password"), label2=_("Password, once more")
    )

    class Meta:
        model = User
        fields = (*NAMES, "is_active")
        labels: ClassVar = {"username": capfirst(_("login")), "is_active": capfirst(_("open"))}
        help_texts: ClassVar = {
            "username": _("What one signs in with: letters, digits and @ . + - _"),
            "is_active": _("A closed account cannot enter any more; its texts and its name stay."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        granted = access.grantable_roles(self.by)
        offer(self, "roles", [(role.value, role.value) for role in Role if role in granted])
        offer_rows(self, "sections", access.grantable_sections(self.by))
        offer_rows(self, "author", access.visible(self.by, Author))
        if self.instance.pk:
            self.fields["password1"].help_text = _("Left empty, the password stays as it is.")
            typed = any(self.data.get(name) for name in ("password1", "password2"))
            self.fields["password1"].required = self.fields["password2"].required = typed
            self._show_standing()

    def _show_standing(self) -> None:
        self.initial["roles"] = [role.value for role in access.recorded_standing(self.instance).roles]
        profile = StaffProfile.objects.filter(user=self.instance).first()
        if profile is not None:
            self.initial["sections"] = profile.sections.all()
            self.initial["author"] = profile.author_id
            self.initial["wants_mail"] = profile.wants_mail

    def clean_username(self) -> str:
        """One login however it is written: `Hajar` and `hajar` would be taken for one another."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another account already has this name."))
        return username

    def clean_sections(self) -> QuerySet[Section]:
        """Refuse all sections from a chief who is tied to some."""
        sections: QuerySet[Section] = self.cleaned_data["sections"]
        if not sections and access.standing_of(self.by).sections is not None:
            raise forms.ValidationError(_("Choose at least one section: none would mean all, and not all are yours."))
        return sections

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.validate_passwords()
        # judged with the names typed here, which the password must not repeat
        self.validate_password_for_user(User(**{name: cleaned.get(name) or "" for name in NAMES}))
        if self.instance.pk == self.by.pk and not cleaned.get("is_active"):
            self.add_error("is_active", _("One does not close one’s own account: ask a colleague."))
        if self.instance.pk and self._is_last_chief() and not self._stays_chief(cleaned):
            self.add_error(
                None,
                _("This is the last open account of an editor-in-chief over all sections: name another one first."),
            )
        return cleaned

    def _is_last_chief(self) -> bool:
        """Whether nobody else could manage every account. Locks the chiefs, so that two do not leave at once."""
        group = Group.objects.filter(name=Role.CHIEF.value)
        chiefs = User.objects.select_for_update(of=("self",)).filter(groups__in=group, is_active=True)
        over_all = {chief.pk for chief in chiefs if access.recorded_standing(chief).sections is None}
        return over_all == {self.instance.pk}

    def _stays_chief(self, cleaned: dict[str, Any]) -> bool:
        return bool(
            cleaned.get("is_active") and Role.CHIEF.value in cleaned.get("roles", ()) and not cleaned.get("sections")
        )


class OpenMenu(admin.SimpleListFilter):
    title = _("account")
    parameter_name = "ouvert"
    template = "newsroom/components/filter_menu.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("Open")), ("non", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(is_active=self.value() == "oui") if self.value() else queryset


@admin.register(User)
class AccountAdmin(SharedRows):
    form = AccountForm
    actions = None
    list_display = ("login", "full_name", "roles", "is_open", "signed_in_last", "refused")
    list_filter = (OpenMenu,)
    change_list_template = "newsroom/people/accounts.html"
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": (*NAMES, "is_active")}),
        (_("In the newsroom"), {"fields": ("roles", "sections", "author", "wants_mail")}),
        (_("Password"), {"fields": ("password1", "password2")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return with_refused_lately(super().get_queryset(request)).prefetch_related("groups")

    @admin.display(description=_("login"), ordering="username")
    def login(self, login: User) -> str:
        return login.get_username()

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, login: User) -> str:
        return login.get_full_name()

    @admin.display(description=_("roles"))
    def roles(self, login: User) -> str:
        names = {group.name for group in login.groups.all()}
        return ", ".join(role.value for role in Role if role.value in names)

    @admin.display(description=_("open"), boolean=True, ordering="is_active")
    def is_open(self, login: User) -> bool:
        return login.is_active

    @admin.display(description=_("signed in last"), ordering="last_login")
    def signed_in_last(self, login: User) -> str:
        return short_when(login.last_login)

    @admin.display(description=_("refused tries (7 days)"), ordering="refused_lately")
    def refused(self, login: Any) -> str:
        return thousands(login.refused_lately) if login.refused_lately else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"title": _("Accounts"), "list_title": _("Accounts"), "strangers": refused_to_nobody()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        login: User | None = context["original"]
        name = name_of(login) if login else _("New account")
        frame = {"title": name, "show_save_and_add_another": False, "show_save_and_continue": False}
        sign_ins = SignIn.of(login)[:SHOWN] if login else ()
        return super().render_change_form(request, context | frame | {"sign_ins": sign_ins}, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """All fields; of an account that is not theirs to change, the name alone."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is None or self.has_change_permission(request, obj) else fieldsets[:1]

    def hold(self, number: str) -> None:
        """Hold the account and those of the chiefs, in one order: two chiefs may change one another's at once."""
        chiefs = Q(groups__name=Role.CHIEF.value, is_active=True)
        rows = User.objects.filter(pk__in=User.objects.filter(Q(pk=row_number(number)) | chiefs).values("pk"))
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": signed_in(request)})

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> User:
        login: User = super().save_form(request, form, change)
        if form.cleaned_data["password1"]:
            login.set_password(form.cleaned_data["password1"])
        return login

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store the standing; end the sessions of a login that was just closed."""
        super().save_related(request, form, formsets, change)
        login, chosen = form.instance, form.cleaned_data
        profile = set_standing(
            login,
            roles=[Role(name) for name in chosen["roles"]],
            sections=chosen["sections"],
            author_id=chosen["author"].pk if chosen["author"] else None,
        )
        profile.wants_mail = chosen["wants_mail"]
        profile.save(update_fields=["wants_mail"])
        if not login.is_active:
            end_sessions(login)
        elif login == request.user:
            update_session_auth_hash(request, login)  # a new password of one's own does not sign one out

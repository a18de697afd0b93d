"""The reference data: sections, authors, topics, credits and pages, each public as soon as it is saved."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Byline, Image, ImageCredit, Page, Section, Topic
from newsroom import access, publishing
from newsroom.admin.base import signed_in
from newsroom.admin.forms.choices import offer_rows
from newsroom.models import CreditChange, Photo, SectionDesk, StaffProfile, Story, StoryByline
from newsroom.scheduling.wording import short

from .former_addresses import FormerAddressesForm, RemembersAddresses
from .forms.bodies import clean_typed
from .forms.story import PhotoPicker
from .meanwhile import SharedForm
from .photos.library import KindMenu
from .protected import KeptWhileInUse, counted, if_any, in_figures, named_stories, with_list
from .row_menus import AuthorMenu, CreditMenu, TopicMenu

MANY_PICTURES = _(
    "The credit is saved. Many pictures owe it: the clock brings it to them within minutes, and the page of the credit "
    "shows how far it is."
)
READERS_SEE_IT = _("An article on the site names it.")


class AddressedForm(FormerAddressesForm):
    """A row with an address of its own, made from its name when none is written."""

    named_by: ClassVar[str] = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Left empty, it is made from the name.")

    def clean_slug(self) -> str:
        written: str = self.cleaned_data["slug"]
        made = slugify(self.cleaned_data.get(self.named_by, "").replace("’", " ").replace("'", " "))
        longest = self._meta.model._meta.get_field("slug").max_length
        slug = written or made[:longest]
        if not slug and self.cleaned_data.get(self.named_by):
            raise forms.ValidationError(_("No address can be made from this name: write one, in plain letters."))
        return slug


class ColourInput(forms.ColorInput):
    """The browser's own colour picker, which always has a value: it takes neither `required` nor `maxlength`."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        attrs.pop("maxlength", None)
        return attrs


class SectionForm(AddressedForm):
    picture = forms.ModelChoiceField(
        queryset=Photo.objects.none(),
        required=False,
        widget=PhotoPicker,
        label=_("Picture of the section"),
        help_text=_("What a flash shows that has no picture of its own. Readers do not see it elsewhere."),
        error_messages={"invalid_choice": _("This picture is not in the library any more. Choose another one.")},
    )

    class Meta:
        model = Section
        fields = ("name", "slug", "parent", "description", "accent", "order", "in_navigation", "prints_label")
        widgets: ClassVar = {"accent": ColourInput}

    by: User  # who fills it in

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "picture" in self.fields:
            offer_rows(self, "picture", access.visible(self.by, Photo))
            desk = SectionDesk.objects.filter(section=self.instance.pk).first()
            self.initial.setdefault("picture", desk.photo_id if desk else None)

    def clean_parent(self) -> Section | None:
        """Lists and addresses of live articles follow their section: it does not move under them."""
        parent: Section | None = self.cleaned_data["parent"]
        moved = self.instance.pk and "parent" in self.changed_data
        if moved and access.standing_of(self.by).sections is not None:
            raise forms.ValidationError(
                _("Moving a section changes who reads its texts: it is for somebody who is tied to no section.")
            )
        if moved and Article.objects.filter(section=self.instance).exists():
            raise forms.ValidationError(
                _("This section has articles on the site: it cannot move. Make a new one, and file them there first.")
            )
        return parent


class AuthorForm(AddressedForm):
    class Meta:
        model = Author
        fields = ("name", "slug", "role", "biography")  # the others are the admin's own
        widgets: ClassVar = {"biography": forms.Textarea(attrs={"rows": 4})}


class TopicForm(AddressedForm):
    class Meta:
        model = Topic
        fields = ("name", "slug", "description")


class PageForm(AddressedForm):
    named_by = "title"
    bodies = ("body",)

    class Meta:
        model = Page
        fields = ("title", "slug", "body", "order")
        widgets: ClassVar = {"body": forms.Textarea(attrs={"rows": 24})}

    def clean_body(self) -> str:
        return clean_typed(self.cleaned_data["body"])


class CreditForm(SharedForm):
    class Meta:
        model = ImageCredit
        fields = ("name", "kind", "licence")  # the address is the admin's own


@admin.register(Section)
class SectionAdmin(RemembersAddresses):
    form = SectionForm
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    list_display = ("__str__", "slug", "order", "in_navigation")
    list_select_related = ("parent",)
    search_fields = ("name", "slug")

    def get_form(self, request: HttpRequest, obj: Section | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": signed_in(request)})

    @admin.display(description=_("picture of the section"))
    def picture(self, section: Section) -> str:
        """The picture's name, on the page of somebody who may not change the section."""
        desk = SectionDesk.objects.select_related("photo").filter(section=section.pk).first()
        return str(desk.photo) if desk and desk.photo else ""

    def save_model(self, request: HttpRequest, obj: Section, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "picture" in form.changed_data:
            SectionDesk.objects.update_or_create(section=obj, defaults={"photo": form.cleaned_data["picture"]})

    def uses(self, request: HttpRequest, obj: Section) -> Iterator[str | Promise]:
        yield from if_any(obj.children.all(), _("It has subsections."))
        yield from if_any(Article.objects.filter(section=obj), _("It has articles on the site."))
        stories = Story.objects.filter(section=obj).order_by("-saved_at").values("pk")
        if named := named_stories(request, stories, query=f"rubrique={obj.slug}"):
            yield named
        # Taking the section away from a login tied to it alone would give that login all of them.
        yield from if_any(StaffProfile.objects.filter(sections=obj), _("Accounts are tied to it."))


@admin.register(Author)
class AuthorAdmin(RemembersAddresses):
    form = AuthorForm
    fields = ("name", "slug", "role", "biography", "is_collective", "public_email", "website")
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    list_display = ("name", "role", "is_collective")
    search_fields = ("name", "slug")

    def uses(self, request: HttpRequest, obj: Author) -> Iterator[str | Promise]:
        yield from if_any(Byline.objects.filter(author=obj), READERS_SEE_IT)
        stories = StoryByline.objects.filter(author=obj).order_by().values("story")
        if named := named_stories(request, stories, query=f"{AuthorMenu.parameter_name}={obj.pk}"):
            yield named
        yield from if_any(StaffProfile.objects.filter(author=obj), _("An account signs with this name."))


@admin.register(Topic)
class TopicAdmin(RemembersAddresses):
    form = TopicForm
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    list_display = ("name", "slug")
    search_fields = ("name", "slug")

    def uses(self, request: HttpRequest, obj: Topic) -> Iterator[str | Promise]:
        yield from if_any(Article.topics.through.objects.filter(topic=obj), READERS_SEE_IT)
        stories = Story.topics.through.objects.filter(topic=obj).values("story")
        if named := named_stories(request, stories, query=f"{TopicMenu.parameter_name}={obj.pk}"):
            yield named


@admin.register(ImageCredit)
class ImageCreditAdmin(KeptWhileInUse):
    form = CreditForm
    fields = ("name", "kind", "licence", "url")
    list_display = ("name", "kind", "licence")
    list_filter = (("kind", KindMenu),)
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: ImageCredit, form: Any, change: bool) -> None:
        """Bring a corrected credit to every page that prints it, and to the searches of the photo library."""
        super().save_model(request, obj, form, change)
        if change and not publishing.refresh_credit(obj):
            messages.info(request, MANY_PICTURES)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, with how far the clock is when it brings a correction to many pictures."""
        obj = kwargs.get("obj")
        coming = CreditChange.objects.filter(pk=obj.pk).first() if obj is not None else None
        return super().render_change_form(request, context | {"coming": coming}, *args, **kwargs)

    def uses(self, request: HttpRequest, obj: ImageCredit) -> Iterator[str | Promise]:
        if number := counted(Photo.objects.filter(credit=obj)):
            sentence = _("Photos of the library that owe it: %(number)s.") % {"number": in_figures(number)}
            yield with_list(sentence, "admin:newsroom_photo_changelist", f"{CreditMenu.parameter_name}={obj.pk}")
        yield from if_any(Image.objects.filter(credit=obj), _("Pictures on the site owe it."))


@admin.register(Page)
class PageAdmin(RemembersAddresses):
    form = PageForm
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    list_display = ("title", "slug", "order", "updated")
    search_fields = ("title", "slug")

    @admin.display(description=_("modified"), ordering="updated_at")
    def updated(self, page: Page) -> str:
        return short(page.updated_at)

"""The photo library."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from articles.models import CreditKind, Image, ImageCredit
from articles.search.folding import search_words
from articles.wording import one_spaced
from newsroom import access, publishing
from newsroom.admin.base import signed_in
from newsroom.admin.errors import give_back_typed
from newsroom.admin.forms.parsing import row_number
from newsroom.admin.meanwhile import SharedForm
from newsroom.admin.protected import KeptWhileInUse, named_stories
from newsroom.admin.row_menus import CreditMenu, PhotoMenu
from newsroom.checklist import photo_problems
from newsroom.models import SIZES, Fault, Photo, SectionDesk, Story
from newsroom.photos import intake, renditions
from newsroom.photos.intake import Unfit

from .recrop import make_sizes_for
from .renditions import show_size

logger = logging.getLogger(__name__)

WORDS = ("caption", "alt", "is_decorative", "credit", "photographer", "search_note")
FOCAL = ("focal_x", "focal_y")
# what a request carries to the hooks of Django's form page
NEW_SIZES, REFUSAL = "newsroom.new_sizes", "newsroom.refusal"
NOT_COPIED = _(
    "Not saved: the picture could not be copied to the site, whose disk may be full. What you typed is still here. "
    "Tell the technician, then save again."
)


class PhotoForm(SharedForm):
    """The fields of a photo. One that readers see cannot lose its description, caption or credit."""

    one_line = ("caption", "alt", "photographer")
    refused: str | Promise = ""  # why it could not be saved, when it comes back

    class Meta:
        model = Photo
        fields = (*WORDS, *FOCAL)
        widgets: ClassVar = {
            "caption": forms.Textarea(attrs={"rows": 2}),
            "alt": forms.Textarea(attrs={"rows": 2}),
            "search_note": forms.Textarea(attrs={"rows": 2}),
            **{name: forms.NumberInput(attrs={"min": "0", "max": "1", "step": "0.01"}) for name in FOCAL},
        }

    def clean_caption(self) -> str:
        return one_spaced(self.cleaned_data["caption"])

    def clean_alt(self) -> str:
        return one_spaced(self.cleaned_data["alt"])

    def clean_photographer(self) -> str:
        return one_spaced(self.cleaned_data["photographer"])

    def clean_focal_x(self) -> float:
        return within_the_picture(self.cleaned_data["focal_x"])

    def clean_focal_y(self) -> float:
        return within_the_picture(self.cleaned_data["focal_y"])

    def clean(self) -> dict[str, Any]:
        """Ask where an unknown author was looked for; refuse a change that takes from a live picture what it owes."""
        cleaned = super().clean() or self.cleaned_data
        if self.refused:
            self.add_error(None, str(self.refused))
        credit = cleaned.get("credit")
        if credit and credit.kind == CreditKind.UNKNOWN and not (cleaned.get("search_note") or "").strip():
            self.add_error("search_note", _("“DR” asks for a note of where the author was looked for."))
        if self.instance.pk and Image.objects.filter(pk=self.instance.pk).exists():
            known = {str(problem) for problem in photo_problems(self.instance)}
            after = Photo(**{name: cleaned[name] for name in WORDS if cleaned.get(name)})
            for problem in photo_problems(after):
                if str(problem) not in known and not self.has_error("search_note"):
                    self.add_error(
                        None, _("Readers see this picture: it is not saved. %(problem)s") % {"problem": problem}
                    )
        return cleaned


class UploadForm(PhotoForm):
    """A file, its caption and credit. After a refusal the words are still there, and the file is to be chosen again."""

    file = forms.FileField(
        label=capfirst(_("file")),
        help_text=_("JPEG, PNG or WebP, 40 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        allow_empty_file=True,  # `intake` refuses it with a better sentence
        required=False,
    )
    no_file: str | Promise = _("Choose the file of the picture.")  # when no file came, or none could be kept
    was_kept = True
    examined: intake.ExaminedFile

    def clean_file(self) -> "File[bytes]":
        file: File[bytes] | None = self.cleaned_data["file"]
        if file is None or not self.was_kept:
            raise forms.ValidationError(str(self.no_file))
        try:
            self.examined = intake.examine(file)
        except Unfit as unfit:
            raise forms.ValidationError(str(unfit.message)) from None
        return file


def within_the_picture(share: float) -> float:
    """A share of a side, from 0 to 1. Raises ValidationError (which refuses NaN as well)."""
    if not 0 <= share <= 1:
        raise forms.ValidationError(_("Between 0 and 1: 0.5 is the middle."))
    return share


class StateFilter(admin.SimpleListFilter):
    """The photos to be completed, those on the site, and those that cannot be read."""

    title = _("state")
    parameter_name = "etat"
    template = "newsroom/components/filter_menu.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("a-completer", gettext("To be completed")),
            ("en-ligne", gettext("On the site")),
            ("illisible", gettext("Cannot be read")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Photo]) -> QuerySet[Photo]:
        match self.value():
            case "a-completer":
                return queryset.filter(Q(credit=None) | Q(caption="") | Q(alt="", is_decorative=False))
            case "en-ligne":
                return queryset.filter(Exists(Image.objects.filter(pk=OuterRef("pk"))))
            case "illisible":
                return queryset.filter(~Q(failure="") | Exists(Fault.objects.filter(job=SIZES, ref=OuterRef("pk"))))
        return queryset


class KindMenu(admin.ChoicesFieldListFilter):
    template = "newsroom/components/filter_menu.html"


@admin.register(Photo)
class PhotoAdmin(KeptWhileInUse):
    change_list_template = "admin/newsroom/photo/change_list.html"
    form = PhotoForm
    list_display = ("__str__",)
    list_filter = (StateFilter, CreditMenu, ("credit__kind", KindMenu))
    list_select_related = ("credit",)
    search_fields = ("folded",)
    search_help_text = _("Subject, caption, credit")
    list_per_page = 40
    save_as = False

    # --- The library

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photo]:
        photos: QuerySet[Photo] = super().get_queryset(request)
        trouble = Fault.objects.filter(job=SIZES, ref=OuterRef("pk")).values("failure")[:1]
        return photos.annotate(is_live=Exists(Image.objects.filter(pk=OuterRef("pk"))), trouble=Subquery(trouble))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Photo], search_term: str
    ) -> tuple[QuerySet[Photo], bool]:
        return super().get_search_results(request, queryset, " ".join(search_words(search_term)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        credits = access.visible(request.user, ImageCredit)
        return super().changelist_view(request, {"credits": credits, **(extra_context or {})})

    # --- One photo

    def get_form(self, request: HttpRequest, obj: Photo | None = None, change: bool = False, **kwargs: Any) -> Any:
        refused = request.META.get(REFUSAL)
        if obj is not None:
            form = super().get_form(request, obj, change, **kwargs)
            return type(form.__name__, (form,), {"refused": refused}) if refused else form
        form = super().get_form(request, obj, change, **{**kwargs, "form": UploadForm})
        if refused:
            return type(form.__name__, (form,), {"was_kept": False, "no_file": refused})
        if lost := intake.dropped(request):
            return type(form.__name__, (form,), {"no_file": lost[0].why})
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Photo | None = None) -> Any:
        words = ("caption", "alt", "is_decorative")
        owed = (_("Whom it is owed to"), {"fields": ("credit", "photographer", "search_note")})
        if obj is None:
            return [(None, {"fields": ("file", *words)}), owed]
        hint = _("From 0 (left, top) to 1 (right, bottom). A click on the picture sets both.")
        focal = (_("What must stay in every crop"), {"fields": FOCAL, "description": hint})
        return [(None, {"fields": words}), owed, focal]

    def hold(self, number: str) -> None:
        """`get_object` holds it."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Photo | None:
        """The photo, held when it is about to be written: its rules are judged on what is then stored."""
        if request.method == "POST":
            publishing.lock_photos([row_number(object_id)])
        photo: Photo | None = super().get_object(request, object_id, from_field)
        return photo

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            with self._pictures_made(request, object_id):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except PermissionDenied:
            if request.method != "POST" or not access.may_enter(request.user):
                raise
            return give_back_typed(request)
        except (Unfit, OSError) as failure:  # the file could not be kept, or its sizes not copied to the site
            if REFUSAL in request.META:
                raise
            logger.exception("a photo was not saved")
            request.META[REFUSAL] = failure.message if isinstance(failure, Unfit) else NOT_COPIED
            # the form comes back with all that was typed
            return super().changeform_view(request, object_id, form_url, extra_context)

    @contextmanager
    def _pictures_made(self, request: HttpRequest, object_id: str | None) -> Iterator[None]:
        """Make the new sizes of a picture that readers see before its form is saved: no row is held meanwhile."""
        photo = None
        number = row_number(object_id) if request.method == "POST" else None
        if number is not None and Image.objects.filter(pk=number).exists():
            photo = self.get_queryset(request).filter(pk=number).first()
        if photo is None or not self.has_change_permission(request, photo):
            yield
            return
        made = request.META[NEW_SIZES] = make_sizes_for(photo, request.POST)
        also = {photo.pk: made.names} if made else {}
        with publishing.with_pictures(photos=[photo.pk], also=also, may_make=False):
            yield

    def save_model(self, request: HttpRequest, obj: Photo, form: Any, change: bool) -> None:
        """Keep a new file. Publish corrected words of a live photo in the same transaction."""
        if not change:
            obj.added_by = signed_in(request)
            intake.keep(obj, form.cleaned_data["file"], form.examined)
            if small := intake.small_warning(obj):
                messages.warning(request, small)
            return
        old: list[str] = []
        if obj.failure or not set(FOCAL).isdisjoint(form.changed_data):
            old = renditions.forget_sizes(obj)
            made = request.META.get(NEW_SIZES)
            if made is not None and made.focal == (obj.focal_x, obj.focal_y):
                obj.renditions = made.renditions
        obj.folded = intake.searchable(obj)
        super().save_model(request, obj, form, change)
        Fault.objects.filter(job=SIZES, ref=obj.pk).delete()  # so that the clock tries again at once
        publishing.refresh_image(obj.pk)
        obj.refresh_from_db(fields=["renditions"])
        shown = Image.objects.filter(pk=obj.pk).values_list("renditions", flat=True).first() or []
        # those that readers see stay until the new ones do: `publishing` removes them then
        unused = sorted(set(old) - {rendition["name"] for rendition in [*obj.renditions, *shown]})
        transaction.on_commit(lambda: renditions.remove_private(unused))

    def uses(self, request: HttpRequest, obj: Photo) -> Iterator[str | Promise]:
        leads = Story.objects.filter(lead_photo=obj).order_by().values("pk")
        bodies = Story.body_photos.through.objects.filter(photo=obj).values("story")
        stories = leads.union(bodies, all=True)
        if named := named_stories(request, stories, query=f"{PhotoMenu.parameter_name}={obj.pk}"):
            yield named
        if Image.objects.filter(pk=obj.pk).exists():
            yield _("Readers see it on the site.")
        if SectionDesk.objects.filter(photo=obj).exists():
            yield _("A section has it for its picture.")

    def delete_model(self, request: HttpRequest, obj: Photo) -> None:
        names = [obj.original.name or "", *(rendition["name"] for rendition in obj.renditions)]
        number = obj.pk
        super().delete_model(request, obj)
        publishing.erase_former_names([number])
        transaction.on_commit(lambda: renditions.remove_private(names))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, with the reason when an approved text keeps its photo as it is."""
        photo = context.get("original")
        approved = access.approved_texts_of_others(request.user, photo) if photo is not None else []
        named = named_stories(request, Story.objects.filter(pk__in=[story.pk for story in approved]).values("pk"))
        return super().render_change_form(request, context | {"kept_by_approved": named}, *args, **kwargs)

    # --- Sizes and uploads

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.receive), name="newsroom_photo_receive"),
            path("upload/allowed/", self.may_send, name="newsroom_photo_may_send"),
            path("<int:number>/size/<slug:preset>/", view(never_cache(self.size)), name="newsroom_photo_size"),
            *super().get_urls(),
        ]

    def size(self, request: HttpRequest, number: int, preset: str) -> HttpResponse | FileResponse:
        """A size of a photo, for staff."""
        return show_size(get_object_or_404(access.visible(request.user, Photo), pk=number), preset)

    @method_decorator(never_cache)
    def may_send(self, request: HttpRequest) -> HttpResponse:
        """The answer to nginx, which asks whether somebody may send photos before it takes in a byte of them."""
        return HttpResponse(status=204 if self.has_add_permission(request) else 403)

    def receive(self, request: HttpRequest) -> HttpResponse:
        """Take in files sent from the library, with a credit in common: one by one by its script, or all at once."""
        if request.method != "POST":
            return HttpResponseRedirect(library())
        if not self.has_add_permission(request):
            raise PermissionDenied
        chosen = row_number(request.POST.get("credit"))
        credit = access.visible(request.user, ImageCredit).filter(pk=chosen).first()
        shared = {"credit": credit, "photographer": one_spaced(request.POST.get("photographer", ""))[:120]}
        answers = [self._take(request, file, shared) for file in request.FILES.getlist("files")]
        answers += [refusal(lost.name, lost.why) for lost in intake.dropped(request)]
        if not answers:
            answers = [refusal("", _("Choose the file of the picture."))]
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"files": answers}, headers={"Cache-Control": "no-store"})
        for answer in answers:
            level = messages.SUCCESS if answer["state"] == "done" else messages.ERROR
            messages.add_message(request, level, " — ".join(filter(None, [answer["name"], answer["message"]])))
        return HttpResponseRedirect(library())

    def _take(self, request: HttpRequest, file: "File[bytes]", shared: dict[str, Any]) -> dict[str, str]:
        try:
            photo = intake.take_in(file, by=signed_in(request), **shared)
        except Unfit as unfit:
            twin = unfit.existing
            answer = refusal(intake.name_of_file(file.name), unfit.message) | (
                {"state": "later"} if unfit.is_for_now else {}
            )
            return answer | {"state": "twin", "url": card_of(twin)} if twin else answer
        self.log_addition(request, photo, [{"added": {}}])
        message = gettext("Received. The caption, description and credit remain to be checked.")
        message = " ".join(filter(None, [message, intake.small_warning(photo)]))
        return {"name": photo.original_name, "state": "done", "message": message, "url": card_of(photo)}


def refusal(name: str, message: str | Promise) -> dict[str, str]:
    return {"name": name, "state": "failed", "message": str(message), "url": ""}


def library() -> str:
    return reverse("admin:newsroom_photo_changelist")


def card_of(photo: Photo) -> str:
    return reverse("admin:newsroom_photo_change", args=[photo.pk])

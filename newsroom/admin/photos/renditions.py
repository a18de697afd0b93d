"""A size of a photo from private storage, handed out."""

from django.http import FileResponse, Http404, HttpResponse

from newsroom.models import Photo
from newsroom.models.photo import originals
from newsroom.photos import renditions

PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
DESK_WIDTHS = {"full": 960, "lead": 960, "card": 320, "thumb": 160, "og": 1200}


def show_size(photo: Photo, preset: str) -> HttpResponse | FileResponse:
    """Send one size of `photo`, not to be cached. Before the sizes are made, send a rectangle of its colour."""
    if preset not in renditions.PRESETS:
        raise Http404
    chosen = renditions.nearest(photo, preset, DESK_WIDTHS[preset])
    if chosen is None:
        return HttpResponse(blank(photo), content_type="image/svg+xml", headers=PRIVATE)
    try:
        file = originals().open(chosen["name"])
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, content_type=f"image/{chosen['format']}", headers=PRIVATE)


def blank(photo: Photo) -> str:
    """A picture of the photo's colour in its shape, for the moment before its sizes are made."""
    shape = f'viewBox="0 0 {photo.width} {photo.height}" width="{photo.width}" height="{photo.height}"'
    ground = f'<rect width="100%" height="100%" fill="{photo.colour}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {shape}>{ground}</svg>'

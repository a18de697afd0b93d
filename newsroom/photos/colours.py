"""From whatever colours a picture came in to the ones of the web."""

from io import BytesIO

from PIL import Image, ImageCms

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def plain(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized: L, RGB or CMYK; transparent parts are white."""
    if picture.mode.startswith("I"):
        # 16 bits of grey: scaled to 8; a conversion would cut everything above 255 to white
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    if picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    return picture.convert("L" if picture.mode == "1" else "RGB")


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A plain picture in sRGB, by its embedded profile if that one can be used."""
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(BytesIO(profile)), SRGB, outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a profile for other colours than the picture's, or none at all: better the plain colours
        if converted is not None:
            return converted
    return picture.convert("RGB")


def dominant(picture: Image.Image) -> str:
    """The colour most of the picture has, as #rrggbb: what stands in its place until it is there."""
    small = to_srgb(plain(picture).resize((64, 64)), None).quantize(5)
    shares = small.histogram()
    place = 3 * shares.index(max(shares))
    return "#" + bytes((small.getpalette() or [])[place : place + 3]).hex()

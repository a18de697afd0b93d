"""Converts the colours of a picture, whatever they are, to those of the web."""

from io import BytesIO

from PIL import Image, ImageCms

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def settle_transparency(picture: Image.Image) -> None:
    """Give the transparent colour of a picture that is not loaded yet in the 8 bits that its pixels will have.

    A PNG names it in its own depth, from 1 bit to 16, and Pillow keeps that number.
    """
    colour, tiles = picture.info.get("transparency"), getattr(picture, "tile", [])
    raw = str(tiles[0].args) if tiles else ""
    if colour is None or isinstance(colour, bytes) or picture.mode == "P":
        return
    if "16" in raw:
        shared = [value >> 8 for value in (colour if isinstance(colour, tuple) else (colour,))]
        picture.info["transparency"] = tuple(shared) if isinstance(colour, tuple) else shared[0]
    elif isinstance(colour, int):
        depth = next((bits for bits in (1, 2, 4) if f"L;{bits}" in raw), 1 if picture.mode == "1" else 8)
        picture.info["transparency"] = colour * 255 // (2**depth - 1)


def plain(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized: L, RGB or CMYK; transparent parts are white."""
    if picture.mode.startswith("I"):
        # 16 bits of grey: scale them to 8, since a mere conversion would turn everything above 255 white
        transparent = picture.info.get("transparency")
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
        picture.info = {} if transparent is None else {"transparency": transparent}
    if picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A plain picture in sRGB, converted by its embedded profile if that can be used."""
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(BytesIO(profile)), SRGB, outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # the profile is broken, or made for another kind of picture: do without it
        if converted is not None:
            return converted
    return picture.convert("RGB")


def dominant(picture: Image.Image) -> str:
    """The most frequent colour of the picture, as #rrggbb. A page shows it until the picture is loaded."""
    small = to_srgb(plain(picture).resize((64, 64)), None).quantize(5)
    shares = small.histogram()
    place = 3 * shares.index(max(shares))
    return "#" + bytes((small.getpalette() or [])[place : place + 3]).hex()

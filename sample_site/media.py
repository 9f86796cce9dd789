"""Pictures, sounds, films and documents: where their files are, and how they are described."""

from typing import Any

from sample_site import clock, content
from sample_site.addresses import Addresses
from sample_site.items import Item
from sample_site.placeholders import OLD_BROWSERS, PLAYER
from sample_site.voices import MEDIA, MIME_TYPES

WIDTH, HEIGHT = 1600, 1067
SIZES = {"medium": (300, 200), "large": (1024, 683), "thumbnail": (150, 150)}
PLAYERS = {
    "audio": (
        '<audio class="wp-audio-shortcode" id="audio-{id}-{player}" preload="none"'
        ' style="width: 100%;" controls="controls"><source type="{mime}" src="{url}?_={player}" />'
        '<a href="{url}">{url}</a></audio>\n'
    ),
    "video": (
        '<div style="width: 640px;" class="wp-video">{before}<video class="wp-video-shortcode"'
        ' id="video-{id}-{player}" width="640" height="360" preload="metadata"'
        ' controls="controls"><source type="{mime}" src="{url}?_={player}" />'
        '<a href="{url}">{url}</a></video></div>\n'
    ),
}


def extension(item: Item) -> str:
    return MEDIA[item.number % len(MEDIA)][2]


def mime_type(item: Item) -> str:
    return MIME_TYPES[extension(item)]


def file_name(item: Item) -> str:
    """Where the upload is stored: `2026/07/harbour-wall-at-dawn.jpg`."""
    date = clock.local(item.date)
    return f"{date[:4]}/{date[5:7]}/{content.slug('media', item.number)}.{extension(item)}"


def source(item: Item, addresses: Addresses) -> str:
    return addresses.upload(file_name(item))


def details(item: Item, addresses: Addresses) -> dict[str, Any]:
    """What a medium has and a post has not."""
    caption = content.texturized(MEDIA[item.number % len(MEDIA)][1])
    is_image = mime_type(item).startswith("image/")
    return {
        "description": {"rendered": description(item, addresses)},
        "caption": {"rendered": f"<p>{caption}</p>\n" if caption else ""},
        "alt_text": content.title("media", item.number) if is_image else "",
        "media_type": "image" if is_image else "file",
        "mime_type": mime_type(item),
        "media_details": sizes(item, addresses) if is_image else {},
        "post": item.target or None,
        "source_url": source(item, addresses),
    }


def description(item: Item, addresses: Addresses) -> str:
    url, mime = source(item, addresses), mime_type(item)
    family = mime.partition("/")[0]
    if family in PLAYERS:
        # The kind stands after the mark, so that `placeholders` knows whose script it is.
        before = f"{OLD_BROWSERS}{family}-"
        player = PLAYERS[family].format(
            id=item.id, player=PLAYER, mime=mime, url=url, before=before
        )
        return player if family == "video" else before + player
    title = content.texturized(content.title("media", item.number))
    inside = title
    if family == "image":
        small = url.removesuffix(f".{extension(item)}") + f"-300x200.{extension(item)}"
        inside = (
            f'<img width="300" height="200" src="{small}" class="attachment-medium size-medium"'
            f' alt="{title}" decoding="async" loading="lazy" />'
        )
    return f"<p class=\"attachment\"><a href='{url}'>{inside}</a></p>\n"


def sizes(item: Item, addresses: Addresses) -> dict[str, Any]:
    """`media_details` of an image: the original and what WordPress cut from it."""
    folder, _, name = file_name(item).rpartition("/")
    stem, mime = name.rpartition(".")[0], mime_type(item)
    weight = 180_000 + item.number * 7919 % 240_000
    cut = {}
    for size, (width, height) in SIZES.items():
        file = f"{stem}-{width}x{height}.{extension(item)}"
        cut[size] = {
            "file": file,
            "width": width,
            "height": height,
            "filesize": weight * width * height // (WIDTH * HEIGHT),
            "mime_type": mime,
            "source_url": addresses.upload(f"{folder}/{file}"),
        }
    full = {"file": name, "width": WIDTH, "height": HEIGHT, "mime_type": mime,
            "source_url": source(item, addresses)}  # fmt: skip
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "file": f"{folder}/{name}",
        "filesize": weight,
        "sizes": {**cut, "full": full},
        "image_meta": [],
    }

"""Pictures and papers of goods."""

from __future__ import annotations

import io
from datetime import datetime
from uuid import UUID

from PIL import Image, ImageOps

from heliu.commerce.catalogue.models import Paper, Product, Role
from heliu.commerce.catalogue.operations.circles import require_seller
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.files import operations as files
from heliu.kernel.goods.models import Sku

SMALL = (320, 320)
MOST_PIXELS = 50_000_000


def attach(
    content: bytes,
    *,
    actor: Actor,
    seller: UUID,
    name: str,
    role: str,
    at: datetime,
    sku: UUID | None = None,
    product: UUID | None = None,
    title: str = "",
    title_zh: str = "",
) -> Paper:
    """Keep a picture or paper of an article or of a product; of a picture a small one is made. The
    same bytes brought again stay one paper. Raises `Invalid` for what is not taken, `NotFound` for
    goods of others."""
    require_seller(seller, actor)
    whose = {"sku_id": sku} if sku else {"product_id": product}
    subject = sku or product
    goods = Sku.objects.all() if sku else Product.objects.all()
    if subject is None or not goods.filter(pk=subject, seller=seller).exists():
        raise NotFound()
    file = files.keep(
        content, actor=actor, org=seller, name=name, subject=subject, readers=[], at=at
    )
    if (role == Role.PICTURE) != file.is_picture:
        raise Invalid(
            "paper-kind", "A picture is a JPEG, PNG or WebP, a paper a PDF.", field="file"
        )
    thumb = ""
    if role == Role.PICTURE:
        small = files.keep(
            shrunk(content), actor=actor, org=seller, name=name, subject=file.pk, readers=[], at=at
        )
        thumb = small.digest
    found, _ = Paper.objects.get_or_create(
        **whose,
        digest=file.digest,
        defaults={
            "seller": seller, "role": role, "title": title, "title_zh": title_zh, "file": file,
            "thumb_digest": thumb, "content_type": file.content_type, "name": file.name,
            "size": file.size,
        },
    )  # fmt: skip
    return found


def shrunk(content: bytes) -> bytes:
    """A picture made small, turned upright, without what else its file told (place, camera)."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _unreadable()
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _unreadable() from error
    ground = Image.new("RGBA", upright.size, "white")
    ground.alpha_composite(upright)
    picture = ground.convert("RGB")
    picture.thumbnail(SMALL)
    made = io.BytesIO()
    picture.save(made, "WEBP", quality=82)
    return made.getvalue()


def _unreadable() -> Invalid:
    return Invalid(
        "picture-unreadable",
        "This picture cannot be read, or is larger than 50 million pixels.",
        field="file",
        help="Save it anew as a JPEG or PNG.",
    )

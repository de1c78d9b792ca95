"""Curators: their group, and the one-time link that `make up` prints."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

GROUP = "curator"
FIRST_CURATOR = "curator"
# What curators may do with rows; everything else they may look at.
CHANGE_ALL = ("catalog", "challenges")
LOOK_AT = ("generation",)
DECIDE = (
    *("change_candidate", "change_generation", "change_batch", "change_breaker"),
    *("add_spendingcap", "change_spendingcap", "delete_spendingcap"),
)
# Keys of the gateway are made, limited and revoked; a key that made calls is never deleted.
KEYS = ("add_apikey", "change_apikey", "view_apikey")


def ensure_group() -> Group:
    """Create the curators' group with its permissions; safe to repeat."""
    group, _ = Group.objects.get_or_create(name=GROUP)
    permissions = Permission.objects.filter(
        Q(content_type__app_label__in=CHANGE_ALL)
        | Q(content_type__app_label__in=LOOK_AT, codename__startswith="view_")
        | Q(content_type__app_label="generation", codename__in=DECIDE)
        | Q(content_type__app_label="clients", codename__in=KEYS)
    )
    group.permissions.set(permissions)
    return group


def make_login_url() -> str:
    """Return the path of a link that logs the first curator in once.

    The token is Django's password-reset token: it dies with the first login and after three days.
    """
    users = get_user_model().objects
    user, created = users.get_or_create(username=FIRST_CURATOR, defaults={"is_staff": True})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    user.groups.add(ensure_group())
    key = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("curate:enter", args=[key, default_token_generator.make_token(user)])


def find_user(*, key: str, token: str) -> User | None:
    """Return the user of a login link that is still good, else None."""
    try:
        user_id = int(urlsafe_base64_decode(key))
    except (ValueError, OverflowError):
        return None
    user = get_user_model().objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    return user if user and default_token_generator.check_token(user, token) else None

import pytest
from django.contrib.auth.models import User
from django.test import Client

from arena.curate.login import ensure_group


@pytest.fixture
def curator(client: Client) -> User:
    """A member of the group and nothing more, logged in."""
    user = User.objects.create_user("carla", is_staff=True)
    user.groups.add(ensure_group())
    client.force_login(user)
    return user

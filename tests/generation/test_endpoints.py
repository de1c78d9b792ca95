"""What the provider layer is told about an offering's address."""

import pytest

from arena.generation.endpoints import open_endpoint
from tests.factories import create_offering

pytestmark = pytest.mark.django_db


def test_only_the_studios_and_what_the_operator_names_may_be_private(settings):
    settings.STUDIOS_URL = "http://127.0.0.1:9"
    offering = create_offering()
    assert open_endpoint(offering).private_hosts == ("127.0.0.1:9",)
    offering.provider.is_local, offering.provider.base_url = False, "http://gpu.lan:8080/v1"
    assert open_endpoint(offering).private_hosts == ()
    settings.PRIVATE_HOSTS = ("gpu.lan:8080",)
    assert open_endpoint(offering).private_hosts == ("gpu.lan:8080",)

"""What a call of the gateway may fail with, in OpenAI's words and statuses."""

from collections.abc import Mapping
from typing import Any

INVALID = "invalid_request_error"
SERVER = "server_error"


class GatewayError(Exception):
    """An error answer: HTTP status, the four fields of OpenAI's error object, further headers.

    `again` False tells OpenAI's clients not to send the call again by themselves, as they do after 429 and
    5xx: each of their tries may be charged.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = INVALID,
        retry_after: float | None = None,
        again: bool | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(max(round(retry_after), 1))
        if again is not None:
            self.headers["X-Should-Retry"] = "true" if again else "false"

    @property
    def body(self) -> dict[str, Any]:
        """The error object, alone in its envelope."""
        told = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": told}


def invalid(message: str, *, param: str | None, code: str = "invalid_value") -> GatewayError:
    """A field that cannot be as it is."""
    return GatewayError(400, message, param=param, code=code)


def missing(param: str) -> GatewayError:
    """A field that must be there."""
    return invalid(
        f"Missing required parameter: {param}.", param=param, code="missing_required_parameter"
    )


def unknown_model(message: str) -> GatewayError:
    """A model that does not exist here, or that nobody can be asked for."""
    return GatewayError(404, message, param="model", code="model_not_found")


def too_large(message: str) -> GatewayError:
    """More bytes than the gateway reads."""
    return GatewayError(413, message, code="request_too_large", again=False)


def too_many(message: str, *, retry_after: float) -> GatewayError:
    """No room at the moment; nothing was asked of a provider."""
    return GatewayError(
        429, message, kind="requests", code="rate_limit_exceeded", retry_after=retry_after
    )


def no_allowance(message: str, *, retry_after: float | None = None) -> GatewayError:
    """A quota of the key or a cap of the site is used up; sending again would not help."""
    return GatewayError(
        429,
        message,
        kind="insufficient_quota",
        code="insufficient_quota",
        retry_after=retry_after,
        again=False,
    )

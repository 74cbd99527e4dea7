"""Who the platform is, and which tool it knows."""

from dataclasses import dataclass

from demo.people import COURSE

STORAGE_FRAME = "campus_storage"
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class LmsSettings:
    """The two sides' addresses and the names under which they know each other.

    `issuer` and `tool_url` are origins without a trailing slash. They name different hosts by
    default, so that in a frame the tool is a third party, as it is in the field. With
    `keeps_storage` the platform keeps data for tools (LTI Client Side postMessages), as Canvas
    does and Moodle does not.
    """

    issuer: str = "http://localhost:8701"
    tool_url: str = "http://127.0.0.1:8700"
    client_id: str = "demo-tool"
    deployment_id: str = "1"
    keeps_storage: bool = False

    @property
    def auth_url(self) -> str:
        """The authorization endpoint (LTI 1.3 core, 5.1.1 of the Security Framework)."""
        return f"{self.issuer}/auth"

    @property
    def token_url(self) -> str:
        return f"{self.issuer}/token"

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/jwks"

    @property
    def tool_login_url(self) -> str:
        return f"{self.tool_url}/lti/login"

    @property
    def tool_redirect_uri(self) -> str:
        """The only redirect_uri that is registered; also the target_link_uri of every link."""
        return f"{self.tool_url}/lti/launch"

    @property
    def tool_jwks_url(self) -> str:
        return f"{self.tool_url}/lti/jwks"

    @property
    def service_root(self) -> str:
        """Where the course's services lie; below it are line items and memberships."""
        return f"{self.issuer}/services/{COURSE.id}"

    @property
    def line_items_url(self) -> str:
        """With a query, as Moodle's has one: sub-resources go before it, not after."""
        return f"{self.service_root}/lineitems?{self._type_id}"

    def line_item_url(self, line_item_id: int) -> str:
        return f"{self.service_root}/lineitems/{line_item_id}/lineitem?{self._type_id}"

    @property
    def memberships_url(self) -> str:
        return f"{self.service_root}/memberships"

    @property
    def _type_id(self) -> str:
        return f"type_id={self.deployment_id}"

    def registration_arguments(self, name: str = "Demo platform") -> list[str]:
        """The arguments with which the tool's command `registrations add` learns of us."""
        options = {
            "--name": name,
            "--issuer": self.issuer,
            "--client-id": self.client_id,
            "--deployment-id": self.deployment_id,
            "--auth-login-url": self.auth_url,
            "--auth-token-url": self.token_url,
            "--jwks-url": self.jwks_url,
            "--profile": "generic",
        }
        return [part for option in options.items() for part in option]

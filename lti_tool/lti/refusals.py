"""Why a login or launch can be refused, in words for the person who sees it: one table."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.errors import LaunchRefused

AGAIN = "Go back to your course and open the activity again."
ADMIN = (
    "Only the platform's administrator can mend this. Send them this page's reference and the "
    "name of your course."
)
COOKIES = (
    "Your browser did not return the cookie that ties this page to you. Open the activity in a "
    "new window or tab from your course, or allow cookies for this site, then try again."
)

REFUSALS: dict[str, tuple[str, str]] = {
    "issuer_missing": ("The platform did not say who it is", ADMIN),
    "registration_unknown": ("This platform is not registered with PMO Bridge", ADMIN),
    "client_id_missing": ("The platform did not say which registration it means", ADMIN),
    "deployment_unknown": ("Too many installations of PMO Bridge wait for approval", ADMIN),
    "deployment_pending": (
        "PMO Bridge was installed here and waits for approval",
        "Whoever operates PMO Bridge has to approve this installation once. Ask the platform's "
        "administrator to send them this page's reference; then open the activity again.",
    ),
    "login_hint_missing": ("The platform did not say for whom it opens the activity", ADMIN),
    "foreign_target": ("The link points to an address that is not ours", ADMIN),
    "state_missing": ("This page was not opened from a course", AGAIN),
    "state_unknown": ("This launch was not begun here", AGAIN),
    "state_foreign": ("This launch was begun in another browser", AGAIN),
    "cookie_missing": ("Your browser blocked the cookie that this page needs", COOKIES),
    "replayed": ("This launch has been used already", AGAIN),
    "login_expired": ("Opening the activity took too long", AGAIN),
    "login_required": (
        "Your platform did not see that you are signed in",
        "Browsers may keep that from pages inside other pages. In a window of its own, the "
        "activity opens as usual.",
    ),
    "launch_no_longer_valid": (
        "This launch has been used already, or took too long",
        "Going back or loading the page again cannot repeat it. " + AGAIN,
    ),
    "access_denied": (
        "Your platform does not let you open this activity",
        "If you should be in this course, ask your instructor or the platform's administrator.",
    ),
    "unauthorized_client": (
        "PMO Bridge is not switched on in this part of your platform",
        ADMIN,
    ),
    "request_refused": ("The platform did not accept our request", ADMIN),
    "platform_down": (
        "Your platform cannot open activities at the moment",
        "Wait a minute, then open the activity again from your course.",
    ),
    "platform_refused": ("The platform refused to open the activity", AGAIN),
    "id_token_missing": ("The platform sent no proof of who you are", ADMIN),
    "id_token_malformed": ("The platform's proof of who you are cannot be read", ADMIN),
    "algorithm_refused": ("The platform signs in a way that is not accepted", ADMIN),
    "key_unknown": ("The platform signed with a key that it does not publish", ADMIN),
    "keys_unreachable": (
        "The platform's keys could not be fetched",
        "Wait a minute, then open the activity again from your course.",
    ),
    "signature_wrong": ("The platform's signature is not valid", ADMIN),
    "issuer_wrong": ("The proof of who you are comes from another platform", ADMIN),
    "audience_wrong": ("The proof of who you are is meant for another tool", ADMIN),
    "authorised_party_wrong": ("The proof of who you are was issued to another tool", ADMIN),
    "token_expired": ("The proof of who you are has expired", AGAIN),
    "token_from_the_future": ("The platform's clock is ahead of ours", ADMIN),
    "nonce_wrong": ("This launch does not answer the request that we made", AGAIN),
    "version_wrong": ("The platform does not speak LTI 1.3", ADMIN),
    "message_type_unknown": ("The platform asked for something that PMO Bridge cannot do", ADMIN),
    "instructors_only": (
        "Only instructors can place activities in a course",
        "If you teach here, ask the platform's administrator to check your role.",
    ),
    "submission_unknown": (
        "There is no such work in this course",
        "It may belong to another course, or to one that was copied. Open the activity itself "
        "from your course.",
    ),
    "message_too_large": ("The platform's message is larger than any that we read", ADMIN),
    "links_not_taken": (
        "This place in your platform takes no activities",
        "PMO Bridge places links to activities, and nothing else. Add it where your platform adds "
        "external tools or activities to a course.",
    ),
    "administrators_only": (
        "Only administrators can see what is kept about somebody else",
        "What is kept about yourself stands on the page of any module, under “Your data”.",
    ),
    "claim_missing": ("The platform's message lacks something that we need", ADMIN),
    "anonymous": (
        "You are not signed in to the platform",
        "Sign in there, then open the activity again: your progress needs somebody to belong to.",
    ),
}


PLATFORM_ERRORS = {
    "login_required": "login_required",
    "interaction_required": "login_required",
    "account_selection_required": "login_required",
    "launch_no_longer_valid": "launch_no_longer_valid",
    "access_denied": "access_denied",
    "unauthorized_client": "unauthorized_client",
    "invalid_request": "request_refused",
    "invalid_request_object": "request_refused",
    "invalid_scope": "request_refused",
    "unsupported_response_type": "request_refused",
    "server_error": "platform_down",
    "temporarily_unavailable": "platform_down",
}
"""Error of an authentication response -> our refusal (OpenID Connect Core 1.0, 3.1.2.6)."""


def refusal_by_platform(form: Mapping[str, str]) -> LaunchRefused:
    """What the platform answered instead of a token, as a refusal of ours."""
    error = form["error"][:100]
    told = form.get("error_description", "")[:300]
    reason = PLATFORM_ERRORS.get(error, "platform_refused")
    return refusal(reason, f"{error}: {told}" if told else error)


def refusal(reason: str, detail: str = "") -> LaunchRefused:
    """The refusal of that name; `detail` goes to the record for the administrator, not the page."""
    title, advice = REFUSALS[reason]
    return LaunchRefused(reason, title, advice, detail)

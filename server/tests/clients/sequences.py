"""Bodies that lead somewhere, for schemathesis: what it makes up names no template and no customer, and nothing follows then."""

import itertools
import os

import schemathesis

numbers = itertools.count(1)


def ours():
    return {
        "provisioningId": os.environ["PROVISIONING_ID"],
        "userId": f"{next(numbers)}@sp.com",
        "spEnterpriseId": "SP1+acme",
        "firstName": "Ann",
        "lastName": "Lee",
        "displayName": "Conference Room",
        "package": "standard",
        "url": "https://hooks.example.com/",
        "billingPeriod": "2020-01",
    }


@schemathesis.hook
def map_body(context, body):
    """Most of a body is ours, some of it what was made up: whatever is optional."""
    if not isinstance(body, dict):
        return body
    return body | {name: value for name, value in ours().items() if name in body}


@schemathesis.hook
def map_headers(context, headers):
    """A repeated Idempotency-Key answers with what may be gone by now."""
    return {name: value for name, value in (headers or {}).items() if name.lower() != "idempotency-key"}

"""What an operator's script does, with the transport of `wxc_sdk`, a public client library for the vendor's API.

    rest_session.py URL TOKEN PROVISIONING_ID

Only the base address is another one. Says "ready", waits for a line, and ends with the first thing that is not as the
vendor's API would have it.
"""

import sys
import time

from wxc_sdk.rest import ErrorDetail, RestError, RestSession
from wxc_sdk.tokens import Tokens

url, token, provisioning_id = sys.argv[1:]
RestSession.BASE = f'{url}/v1'
session = RestSession(tokens=Tokens(access_token=token), concurrent_requests=2)
subscribers = session.ep('broadworks/subscribers')


def refused(call, *args, **kwargs) -> RestError:
    """The error with which a call is refused."""
    try:
        call(*args, **kwargs)
    except RestError as error:
        assert isinstance(error.detail, ErrorDetail), error.detail
        assert error.detail.tracking_id == error.response.headers['TrackingID']
        return error
    raise AssertionError('it was not refused')


def create(number: int) -> dict:
    return session.rest_post(subscribers, json={
        'provisioningId': provisioning_id,
        'userId': f'{number}@sp.com',
        'spEnterpriseId': f'Reseller1+{"acme" if number % 2 else "globex"}',
        'firstName': 'Ann',
        'lastName': 'Lee',
        'email': f'user{number}@acme.com',
        'package': 'standard',
        'primaryPhoneNumber': '+1-240-555-1212',
    })


def settled(subscriber: dict) -> dict:
    """The subscriber, once what was asked for has been done: clients of an asynchronous API poll."""
    while subscriber['status'] in ('provisioning', 'updating'):
        time.sleep(0.05)
        subscriber = session.rest_get(f'{subscribers}/{subscriber["id"]}')
    return subscriber


# Sit out a 429: whoever started this script uses the token's calls up for some seconds, once it is told.
print('ready', flush=True)
sys.stdin.readline()
answers = []
session.register_response_callback(lambda response, _: answers.append(response))
begin = time.monotonic()
assert session.rest_get(subscribers) == {'items': []}
waited = time.monotonic() - begin
assert [answer.status_code for answer in answers] == [429, 200], answers
assert waited >= int(answers[0].headers['Retry-After']) >= 1

# Create.
created = [create(number) for number in range(5)]
assert all(settled(one)['status'] == 'provisioned' for one in created)

# Page, by Link and by offset.
ids = [one['id'] for one in created]
pages = len(answers)
assert [one['id'] for one in session.follow_pagination(subscribers, params={'max': 2}, item_key='items')] == ids
assert len(answers) - pages == 3
assert [one['id'] for one in session.rest_get(subscribers, params={'max': 2, 'offset': 3})['items']] == ids[3:]

# Filter.
params = {'status': 'provisioned,error', 'spEnterpriseId': 'Reseller1+acme', 'selfActivated': 'false'}
assert [one['userId'] for one in session.follow_pagination(subscribers, params=params)] == ['1@sp.com', '3@sp.com']

# Update.
first = f'{subscribers}/{ids[0]}'
answer = session.rest_put(first, json={'package': 'premium', 'firstName': 'Bea'})
assert (answer['status'], answer['package']) == ('updating', 'standard')
after = settled(answer)
assert (after['status'], after['package'], after['firstName']) == ('provisioned', 'premium', 'Bea')

# Delete.
session.rest_delete(first)
while (left := session.rest_get(subscribers)['items']) and left[0]['id'] == ids[0]:
    time.sleep(0.05)
assert [one['id'] for one in left] == ids[1:]

# Parse errors.
assert refused(session.rest_get, first).response.status_code == 404
taken = refused(create, 1)
assert (taken.response.status_code, taken.detail.errors[0].code) == (409, 10022), taken
missing = refused(session.rest_post, subscribers, json={'userId': '9@sp.com'})
assert (missing.response.status_code, missing.detail.errors[0].code) == (400, 1001), missing

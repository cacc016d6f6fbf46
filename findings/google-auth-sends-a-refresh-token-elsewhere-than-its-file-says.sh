#!/usr/bin/env bash
# google-auth 2.62.2: `token_uri` in the JSON of a person (authorized_user) is ignored; that of a service account is not.
#
# Expected: both kinds of JSON have a `token_uri`, and tokens are asked for there; a proxy or another universe needs it.
#           The host of `service_account_impersonation_url` likewise.
# Seen:     a person's refresh token always goes to https://oauth2.googleapis.com/token, and of the impersonation URL
#           only the account is taken. `with_token_uri` and `iam_endpoint_override` are the ways to have them.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install google-auth==2.62.2 cryptography==46.0.3 requests==2.32.5

expect <<'OUT'
service account: https://tokens.example/token
person: https://oauth2.googleapis.com/token
person, with_token_uri: https://tokens.example/token
impersonated: asks iamcredentials.googleapis.com
OUT

run <<'PY'
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.impersonated_credentials import Credentials as Impersonated
from google.oauth2.credentials import Credentials as Person
from google.oauth2.service_account import Credentials as Account

URI = "https://tokens.example/token"
key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
)
account = {"client_email": "a@b.example", "private_key": key.decode(), "token_uri": URI}
person = {"client_id": "i", "client_secret": "s", "refresh_token": "t", "token_uri": URI}
print("service account:", Account.from_service_account_info(account)._token_uri)
found = Person.from_authorized_user_info(person)
print("person:", found.token_uri)
print("person, with_token_uri:", found.with_token_uri(URI).token_uri)


class Asked(Exception):
    pass


def request(url, **_):
    raise Asked(urlsplit(url).hostname)


impersonated = Impersonated.from_impersonated_service_account_info(
    {
        "service_account_impersonation_url": "https://iam.example/v1/a@b.example:generateAccessToken",
        "source_credentials": {"type": "authorized_user", **person},
    }
)
impersonated._source_credentials.token = "token"
impersonated._source_credentials.expiry = None
try:
    impersonated.refresh(request)
except Asked as asked:
    print("impersonated: asks", asked)
PY

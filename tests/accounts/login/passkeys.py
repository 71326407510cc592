"""An authenticator in software: makes passkeys and logs in with them, as a phone would."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

TOUCHED_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
NO_MODEL = bytes(16)


class SoftwareAuthenticator:
    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.user_handle = ""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        wanted = options["publicKey"]
        self.user_handle = wanted["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AuthenticatorData.create(
            _hash(wanted["rp"]["id"]),
            TOUCHED_AND_VERIFIED | AuthenticatorData.FLAG.AT,
            0,
            AttestedCredentialData.create(NO_MODEL, self.id, public),
        )
        client = self._client_data(CollectedClientData.TYPE.CREATE, wanted["challenge"])
        attested = AttestationObject.create("none", data, {})
        answer = {"attestationObject": websafe_encode(attested)}
        return self._credential(client, answer, {"credProps": {"rk": True}})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        wanted = options["publicKey"]
        data = AuthenticatorData.create(_hash(wanted["rpId"]), TOUCHED_AND_VERIFIED, 0)
        client = self._client_data(CollectedClientData.TYPE.GET, wanted["challenge"])
        signature = self.key.sign(data + client.hash, ec.ECDSA(SHA256()))
        answer = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user_handle,
        }
        return self._credential(client, answer, {})

    def _client_data(self, kind: Any, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def _credential(
        self, client: CollectedClientData, answer: dict[str, Any], extensions: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": {"clientDataJSON": websafe_encode(client), **answer},
            "clientExtensionResults": extensions,
        }


def _hash(rp_id: str) -> bytes:
    return hashlib.sha256(rp_id.encode()).digest()

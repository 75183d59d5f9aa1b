"""Webhooks: signed, by https, to public addresses only."""

from __future__ import annotations

import hashlib
import hmac
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tidemark.mail.webhook import SignedWebhooks, is_public
from tidemark.model.notices import NoticeError

SECRET = "sixteen letters!"


def certificate(folder):
    """A key and a certificate of "localhost" that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def hook(tmp_path):
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            self.send_response(302 if self.path == "/moved" else 200)
            self.send_header("Location", "https://example.org/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    pem = certificate(tmp_path)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    trusting = ssl.create_default_context(cafile=str(pem))
    yield SimpleNamespace(url=f"https://localhost:{server.server_port}", got=got, tls=trusting)
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_post_is_signed(hook):
    webhooks = SignedWebhooks(lambda _: True, hook.tls, lambda: 1_800_000_000.9)
    webhooks.post(f"{hook.url}/hook?a=1", SECRET, b'{"x":1}')
    ((path, headers, body),) = hook.got
    assert (path, body) == ("/hook?a=1", b'{"x":1}')
    assert headers["Content-Type"] == "application/json"
    expected = hmac.new(SECRET.encode(), b'1800000000.{"x":1}', hashlib.sha256).hexdigest()
    assert headers["X-Tidemark-Signature"] == f"t=1800000000,v1={expected}"


def test_a_redirect_is_not_followed(hook):
    with pytest.raises(NoticeError, match="302"):
        SignedWebhooks(lambda _: True, hook.tls).post(f"{hook.url}/moved", SECRET, b"{}")
    assert len(hook.got) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(hook):
    with pytest.raises(NoticeError):
        SignedWebhooks(lambda _: True).post(hook.url, SECRET, b"{}")
    assert hook.got == []


def test_the_inside_of_a_network_is_not_reached(hook):
    with pytest.raises(NoticeError, match="public"):
        SignedWebhooks(tls=hook.tls).post(hook.url, SECRET, b"{}")
    assert hook.got == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
    ],
)
def test_public_addresses(address, expected):
    assert is_public(address) is expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org/",
        "https://",
        "ftp://example.org",
        "https://u:p@example.org",
        "https://[::1",
        "https://e:x/",
    ],
)
def test_addresses_that_cannot_be_used(url):
    webhooks = SignedWebhooks()
    assert webhooks.problem(url)
    with pytest.raises((NoticeError, ValueError)):
        webhooks.post(url, SECRET, b"{}")

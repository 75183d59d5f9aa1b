"""Invitations by mail."""

from types import SimpleNamespace

import pytest

from tests.support.api_calls import Caller
from tidemark.model.errors import ApiError
from tidemark.model.mail import Mailer, MailError
from tidemark.plugins.users_manager.invitations import accept_invitation, invite_user, resend_invite

ANNA = {"userLogin": "anna", "email": "anna@example.org"}


@pytest.fixture
def world():
    mails = []
    call = Caller(services={Mailer: SimpleNamespace(is_set_up=True, send=mails.append)})
    call.registry.create_superuser("admin", "0" * 32)
    call.registry.set_settings({"General.trusted_hosts": "stats.example"})
    return SimpleNamespace(call=call, mails=mails)


def test_an_invitation_is_mailed_and_its_link_is_good(world):
    world.call(invite_user, **ANNA)
    world.call(resend_invite, userLogin="anna")
    first, second = world.mails
    assert (first.to, second.to) == ("anna@example.org", "anna@example.org")
    links = [next(line for line in mail.text.splitlines() if line.startswith("https://")) for mail in world.mails]
    assert links[1].startswith("https://stats.example/#/choose-password?token=")
    with pytest.raises(ApiError):
        world.call(accept_invitation, inviteToken=links[0].rpartition("=")[2], password="correct horse")
    assert world.call(accept_invitation, inviteToken=links[1].rpartition("=")[2], password="correct horse") == "anna"


def test_nothing_is_mailed_where_the_address_of_the_instance_is_not_known(world):
    world.call.registry.set_settings({"General.trusted_hosts": None})
    world.call(invite_user, **ANNA)
    assert world.mails == []


def test_an_invitation_that_cannot_be_mailed(world):
    def send(_mail):
        raise MailError("gone")

    world.call.services[Mailer] = SimpleNamespace(is_set_up=True, send=send)
    with pytest.raises(ApiError, match="could not be mailed"):
        world.call(invite_user, **ANNA)
    assert world.call.registry.user("anna").link is not None

"""A mail as RFC 5322 message."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from tidemark.model.mail import Mail


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """The message: text, HTML with its pictures beside it, then files. Line breaks in addresses or subject are refused.

    Raises: ValueError.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = _message_id(mail, sender.rpartition("@")[2].strip("> ") or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
        page = message.get_body(("html",))
        for one in mail.attachments:
            if one.content_id and isinstance(page, EmailMessage):
                kind, _, subtype = one.content_type.partition("/")
                page.add_related(one.body, kind, subtype, cid=f"<{one.content_id}>", filename=one.name)
    for one in mail.attachments:
        if not one.content_id:
            kind, _, subtype = one.content_type.partition(";")[0].partition("/")
            message.add_attachment(one.body, kind, subtype, filename=one.name)
    return message


def _message_id(mail: Mail, domain: str) -> str:
    if not mail.key:
        return make_msgid(domain=domain)
    return f"<{hashlib.sha256(f'{mail.key} {mail.to}'.encode()).hexdigest()[:40]}@{domain}>"

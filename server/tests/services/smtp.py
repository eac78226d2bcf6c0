"""A mail server for the tests. It keeps what it takes and refuses whom their own address says to refuse.

    python smtp.py FOLDER     prints its address, then serves until it is ended

The first mail to ann@acme.example becomes FOLDER/ann@acme.example.1, the next one FOLDER/ann@acme.example.2.
It is strict about names (EHLO), and knows these addresses by how they begin:

    later-…     451 once, then the mail is taken
    grey-N-…    450 for the first N tries (greylisting), then the mail is taken
    never-…     450 for ever
    see REFUSED and LOOSE for the others, which are refused in the same way whenever they are tried
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path

from aiosmtpd.smtp import SMTP


REFUSED = {
    "nobody": "550 5.1.1 <{}>: there is nobody of that name",
    "nodomain": "550 5.1.2 <{}>: Domain not found",
    "full": "452 4.2.2 <{}> has no room",
    "overflown": "552 5.2.2 <{}> has no room",
    "off": "550 5.2.1 <{}> is disabled",
    "policy": "550 5.7.1 <{}> wants no such mail",
    "relay": "554 5.7.1 <{}>: Relay access denied",
    "spf": "550 5.7.23 <{}>: SPF validation failed",
    "large": "552 5.3.4 <{}> takes no message of that size",
    "strange": "554 <{}>: Transaction failed",
    "never": "450 4.2.0 <{}>: Greylisted",
}

# As servers of old and of other countries write; the first two are known to an SMTP client by three digits alone.
LOOSE = {
    "bare": b"550",
    "unheard": b"571 no such thing",
    "latin": "550 5.1.1 bo\u00eete inconnue".encode("latin-1"),
    "long": b"550 5.1.1 " + b"so it is " * 1_000,
    "lines": b"550-Sorry\r\nthere is\r\n550-5.1.1 nobody\r\n550 of that name",
}


class Mailboxes:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.asked = Counter()
        self.taken = Counter()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        if "." not in hostname and ":" not in hostname:
            return ["504 5.5.2 need a fully-qualified hostname"]
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked[address] += 1
        kind, _, rest = address.partition("-")
        if kind in REFUSED:
            return REFUSED[kind].format(address)
        if kind in LOOSE:
            return LOOSE[kind]
        if kind == "later" and self.asked[address] == 1:
            return "451 4.7.1 come back later"
        if kind == "grey" and self.asked[address] <= int(rest.partition("-")[0]):
            return f"450 4.2.0 <{address}>: Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            self.taken[address] += 1
            half = self.folder / f".{address}"
            # Whoever delivers a mail finally writes down where it came from (RFC 5321, section 4.4).
            half.write_bytes(f"Return-Path: <{envelope.mail_from}>\r\n".encode() + envelope.content)
            # Whoever looks sees a whole mail or none.
            half.rename(self.folder / f"{address}.{self.taken[address]}")
        return "250 taken"


async def serve(folder):
    mailboxes = Mailboxes(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailboxes, hostname="mail.example"), "127.0.0.1", 0)
    print(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(serve(sys.argv[1]))

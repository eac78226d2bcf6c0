"""A mail server for the tests. It keeps what it takes and refuses whom their own address says to refuse.

    python smtp.py FOLDER     prints its address, then serves until it is ended

The first mail to ann@acme.example becomes FOLDER/ann@acme.example.1, the next one FOLDER/ann@acme.example.2.
An address that begins with "later" is told 451 once before its mail is taken, one that begins with "nobody" always 550.
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Mailboxes:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.asked = Counter()
        self.taken = Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked[address] += 1
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}>: there is nobody of that name"
        if address.startswith("later") and self.asked[address] == 1:
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            self.taken[address] += 1
            half = self.folder / f".{address}"
            half.write_bytes(envelope.content)
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

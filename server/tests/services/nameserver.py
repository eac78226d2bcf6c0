"""A name server for the tests, which knows what a file says.

    python nameserver.py FILE     prints its address, then serves until it is ended

FILE has the lines of a zone: `example.com. 60 IN TXT "v=spf1 -all"`. It is read with each question. What is not in it is not there.
What does not fit into a datagram has to be asked for by TCP; a name that begins with `silent` gets no answer, `broken` a refusal.
"""

import asyncio
import sys

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

DATAGRAM = 512


def records(file, name, kind):
    lines = open(file).read().splitlines()
    fields = [line.split(None, 4) for line in lines if line.strip()]
    texts = [text for owner, _, _, rdtype, text in fields if (owner.lower(), rdtype) == (name.lower(), kind)]
    known = any(owner.lower() == name.lower() for owner, *_ in fields)
    return texts, known


def answer(file, question):
    query = dns.message.from_wire(question)
    asked = query.question[0]
    name, kind = asked.name.to_text(), dns.rdatatype.to_text(asked.rdtype)
    if name.startswith("silent"):
        return None
    reply = dns.message.make_response(query)
    if name.startswith("broken"):
        reply.set_rcode(dns.rcode.SERVFAIL)
        return reply
    texts, known = records(file, name, kind)
    if texts:
        reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *texts))
    elif not known:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, file):
        self.file = file

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        reply = answer(self.file, data)
        if reply is None:
            return
        wire = reply.to_wire()
        if len(wire) > DATAGRAM:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            wire = reply.to_wire()
        self.transport.sendto(wire, address)


async def converse(file, reader, writer):
    length = int.from_bytes(await reader.readexactly(2), "big")
    wire = answer(file, await reader.readexactly(length)).to_wire()
    writer.write(len(wire).to_bytes(2, "big") + wire)
    await writer.drain()
    writer.close()


async def serve(file):
    loop = asyncio.get_running_loop()
    # Both ways have one port: another one is looked for where only one of them is free.
    while True:
        server = await asyncio.start_server(lambda *ends: converse(file, *ends), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            await loop.create_datagram_endpoint(lambda: Datagrams(file), ("127.0.0.1", port))
            break
        except OSError:
            server.close()
    print(f"127.0.0.1:{port}", flush=True)
    await server.serve_forever()


asyncio.run(serve(sys.argv[1]))

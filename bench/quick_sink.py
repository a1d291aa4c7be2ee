"""A mail server that says yes as fast as one can, so that what is measured is our side; it prints its port."""

import asyncio
import sys


class Line(asyncio.Protocol):
    """Just enough SMTP for a sender that waits for each answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.waiting = b""
        self.takes_mail = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while self._one():
            pass

    def _one(self) -> bool:
        end = b"\r\n.\r\n" if self.takes_mail else b"\r\n"
        head, found, rest = self.waiting.partition(end)
        if not found:
            return False
        self.waiting = rest
        if self.takes_mail:
            self.takes_mail = False
            self.transport.write(b"250 taken\r\n")
            return True
        word = head[:4].upper()
        self.takes_mail = word == b"DATA"
        if word == b"QUIT":
            self.transport.close()
            return False
        self.transport.write(b"354 go on\r\n" if self.takes_mail else b"250 yes\r\n")
        return True


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())

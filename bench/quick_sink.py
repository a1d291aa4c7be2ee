"""A mail server that says yes as fast as one can, so that what is measured is our side; it prints its port."""

import socket
import sys
import threading


def serve() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        sys.stdout.write(f"{server.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            line, _ = server.accept()
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A line that waits costs less than an event loop that watches it.
            threading.Thread(target=_talk, args=(line,), daemon=True).start()


def _talk(line: socket.socket) -> None:
    """Just enough SMTP for a sender that waits for each answer."""
    with line:
        line.sendall(b"220 sink\r\n")
        waiting, takes_mail = b"", False
        while data := line.recv(65536):
            waiting += data
            while found := _cut(waiting, b"\r\n.\r\n" if takes_mail else b"\r\n"):
                head, waiting = found
                if takes_mail:
                    takes_mail = False
                    line.sendall(b"250 taken\r\n")
                    continue
                word = head[:4].upper()
                if word == b"QUIT":
                    return
                takes_mail = word == b"DATA"
                line.sendall(b"354 go on\r\n" if takes_mail else b"250 yes\r\n")


def _cut(waiting: bytes, end: bytes) -> tuple[bytes, bytes] | None:
    head, found, rest = waiting.partition(end)
    return (head, rest) if found else None


if __name__ == "__main__":
    serve()

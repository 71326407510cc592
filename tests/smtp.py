"""Mail servers for tests: one that works, one that hangs, one that refuses."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """What a server was told. `refused`: answers to RCPT by recipient."""

    port: int = 0
    connections: int = 0
    received: list[bytes] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def working() -> Iterator[MailServer]:
    """A server that speaks enough SMTP to take mail."""
    told = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            told.connections += 1
            self.say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    address = line[line.index("<") + 1 : line.index(">")]
                    self.say(told.refused.get(address, "250 ok"))
                elif verb == "DATA":
                    self.say("354 go on")
                    told.received.append(self.data())
                    self.say("250 taken")
                else:
                    self.say("250 ok")
                if verb == "QUIT":
                    return

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def data(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line)
            return b"".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def hanging() -> Iterator[MailServer]:
    """A server that accepts connections and never says a word."""
    told = MailServer()
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told.port = listener.getsockname()[1]

        def accept() -> None:
            with contextlib.suppress(OSError):  # the listener is closed
                while True:
                    held.append(listener.accept()[0])
                    told.connections += 1

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield told
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in held:
                connection.close()

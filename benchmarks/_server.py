"""A server for measurements: reads bodies as fast as possible and sends prepared answers.

Each connection has a blocking thread, which is the fastest way to move bytes. Unlike ``http.server`` it does not copy:
a body is received into one reused buffer, or discarded by the system if it supports that.

``--latency`` and ``--bandwidth`` simulate a wide-area network: the bytes of a connection are taken at `bandwidth` a
second, and the answer leaves `latency` seconds after the last of them, as the round trip takes them. Opening a
connection takes no time, which favours clients that open many.

With ``--certificate`` it speaks TLS 1.3, and does not limit the bandwidth. To decrypt bodies would cost about as much
as to encrypt them: only the headers of their records are read. The heads of requests are decrypted with the key of
the connection, which OpenSSL writes to a log for debugging.
"""

from __future__ import annotations

import argparse
import hmac
import os
import re
import socket
import ssl
import sys
import tempfile
import threading
import time
from mmap import mmap

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks._csv import COLUMNS, records

_BUFFER = 1 << 18
_HEAD = 1 << 16
# Linux discards the bytes instead of copying them, so a server on the same machine hardly affects the measurement.
_DISCARD = socket.MSG_TRUNC if sys.platform == "linux" else 0
# Of a record of TLS 1.3: the length of its header, and what it has besides its content: the type, and a checksum.
_RECORD_HEADER, _RECORD_EXTRA = 5, 1 + 16
_APPLICATION_DATA = b"\x17"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

# As large as the samples in Domo's documentation: about 1 KB.
_DATASET = b"""{"id":"08a067ca-bba4-4df0-b3d6-4ba45a4a2a8a","displayType":"domo-csv","dataProviderType":"domo-csv",
"type":"Jupyter","name":"Orders by region","owner":{"id":"587894148","name":"Jane Smith","type":"USER","group":false},
"status":"SUCCESS","created":1684871393000,"lastTouched":1718394093000,"lastUpdated":1718394089000,"rowCount":2548034,
"columnCount":14,"cardInfo":{"cardCount":12,"cardViewCount":384},"properties":{"formulas":{"formulas":{}},
"segmentation":{"definition":{}},"note":"nightly, from the warehouse"},"state":"SUCCESS","validConfiguration":true,
"validAccount":true,"streamId":825,"transportType":"API","adc":false,"adcExternal":false,"adcSource":"DIRECT",
"masked":false,"currentUserFullAccess":true,"cloudId":"domo","cloudName":"Domo","permissions":"READ_WRITE_DELETE_SHARE",
"hidden":false,"scheduleActive":true,"cardCount":12,"cloudEngine":"DOMO","tags":"[\\"finance\\",\\"orders\\",\\"certified\\"]",
"description":"All orders since 2019 with their region, amount and day. Owned by the finance team."}"""
_SCHEMA = b'{"schema":{"columns":[%s]}}' % b",".join(
    b'{"name":"%s","type":"%s"}' % (name.encode(), column_type.encode()) for name, column_type in COLUMNS.items()
)
# The answer that an export of the same query is compared with.
_RESULT = b'{"columns":[%s],"metadata":[%s],"rows":[],"numRows":0,"numColumns":%d}' % (
    b",".join(b'"%s"' % name.encode() for name in COLUMNS),
    b",".join(b'{"type":"%s"}' % column_type.encode() for column_type in COLUMNS.values()),
    len(COLUMNS),
)
_HEADER = ",".join(COLUMNS).encode() + b"\n"
_ANSWERS = {
    b"latest": _SCHEMA,
    b"dataversions": b"[]",
    b"uploads": b'{"uploadId":1}',
}


class _Connection:
    """One client's connection, served until the client closes it."""

    def __init__(self, stream: socket.socket, options: argparse.Namespace, block: bytes) -> None:
        self._stream = stream
        self._latency: float = options.latency
        self._bandwidth: float = options.bandwidth
        self._export: int = options.export
        self._block = block
        self._buffer = memoryview(mmap(-1, _BUFFER))  # page-aligned, so that the system copies far faster
        self._passed = 0.0

    def serve(self) -> None:
        """Answer requests."""
        with self._stream:
            while head := self._receive():
                time.sleep(self._latency)
                path = head.split(b" ", 2)[1].partition(b"?")[0]
                self._answer(path)

    def _receive(self) -> bytes:
        """Read a request, discard its body and return its head; empty at the end."""
        filled = 0
        while True:
            count = self._stream.recv_into(self._buffer[filled:_HEAD])
            if not count:
                return b""
            filled += count
            head, end, body = bytes(self._buffer[:filled]).partition(b"\r\n\r\n")
            if end:
                break
        length = _LENGTH.search(head)
        self._pace(len(body))
        self._receive_body(int(length[1]) - len(body) if length else 0)
        return head

    def _receive_body(self, left: int) -> None:
        while left > 0:
            count = self._stream.recv_into(self._buffer, min(left, _BUFFER), _DISCARD)
            if not count:
                raise ConnectionError("the client went away within a body")
            left -= count
            self._pace(count)

    def _pace(self, count: int) -> None:
        """Wait until that many more bytes would have passed."""
        if not self._bandwidth:
            return
        now = time.monotonic()
        # Bytes that the system buffered while this thread overslept count as in time.
        self._passed = max(self._passed, now - _BUFFER / self._bandwidth) + count / self._bandwidth
        time.sleep(max(0.0, self._passed - now))

    def _answer(self, path: bytes) -> None:
        if b"/export/" in path:
            self._send_export()
        elif b"/query/v1/execute/" in path:
            self._stream.sendall(_head(b"application/json", len(_RESULT)) + _RESULT)
        else:
            name = path.rpartition(b"/")[2]
            body = _DATASET if path == b"/api/data/v3/datasources/" + name else _ANSWERS.get(name, b"{}")
            self._stream.sendall(_head(b"application/json", len(body)) + body)

    def _send_export(self) -> None:
        blocks = -(-self._export // len(self._block))
        self._stream.sendall(_head(b"text/csv", len(_HEADER) + blocks * len(self._block)) + _HEADER)
        for _ in range(blocks):
            self._stream.sendall(self._block)


class _EncryptedConnection(_Connection):
    """The same over TLS 1.3."""

    def __init__(self, stream: socket.socket, options: argparse.Namespace, block: bytes) -> None:
        super().__init__(stream, options, block)
        self._plain = stream
        self._certificate: str = options.certificate
        self._records = self._start = self._filled = 0

    def serve(self) -> None:
        """Answer requests."""
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.minimum_version = ssl.TLSVersion.TLSv1_3
        tls.load_cert_chain(self._certificate)
        with tempfile.NamedTemporaryFile("r") as log:
            tls.keylog_filename = log.name
            # OpenSSL reads only the handshake; all that follows is read from the socket itself.
            self._stream = encrypted = tls.wrap_socket(self._plain, server_side=True)
            self._plain = socket.socket(fileno=os.dup(encrypted.fileno()))
            (secret,) = (line.split()[2] for line in log if line.startswith("CLIENT_TRAFFIC_SECRET_0 "))
        cipher = encrypted.cipher()
        if cipher is None or cipher[0] != "TLS_AES_256_GCM_SHA384":
            raise NotImplementedError(f"decrypting {cipher}")
        self._key = AESGCM(_expanded(bytes.fromhex(secret), b"key", 32))
        self._nonce = int.from_bytes(_expanded(bytes.fromhex(secret), b"iv", 12), "big")
        with self._plain:
            super().serve()

    def _receive(self) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            header = self._taken(_RECORD_HEADER)
            record = self._taken(int.from_bytes(header[3:], "big"))
            if not record:
                return b""
            nonce = (self._nonce ^ self._records).to_bytes(12, "big")
            self._records += 1
            content = self._key.decrypt(nonce, record, header)
            if content[-1:] != _APPLICATION_DATA:
                return b""
            head += content[:-1]
        head, _, body = head.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        self._receive_body(int(length[1]) - len(body) if length else 0)
        return head

    def _taken(self, count: int) -> bytes:
        """Return the next bytes; empty at the end."""
        while self._filled - self._start < count:
            if not self._fill():
                return b""
        self._start += count
        return bytes(self._buffer[self._start - count : self._start])

    def _fill(self) -> bool:
        """Receive more; False at the end."""
        rest = self._filled - self._start
        self._buffer[:rest] = self._buffer[self._start : self._filled]
        count = self._plain.recv_into(self._buffer[rest:])
        self._start, self._filled = 0, rest + count
        return count > 0

    def _receive_body(self, left: int) -> None:
        buffer = self._buffer
        while left > 0:
            start, filled = self._start, self._filled
            while left > 0 and filled - start >= _RECORD_HEADER:
                length = buffer[start + 3] << 8 | buffer[start + 4]
                start += _RECORD_HEADER + length
                left -= length - _RECORD_EXTRA
                self._records += 1
            beyond = start - filled
            self._start = min(start, filled)
            while beyond > 0:
                count = self._plain.recv_into(buffer, beyond, _DISCARD)
                if not count:
                    raise ConnectionError("the client went away within a body")
                beyond -= count
            if left > 0 and not self._fill():
                raise ConnectionError("the client went away within a body")


def _expanded(secret: bytes, label: bytes, length: int) -> bytes:
    """Return a key or the like of a connection, see HKDF-Expand-Label in RFC 8446."""
    label = b"tls13 " + label
    info = length.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0"
    return hmac.digest(secret, info + b"\1", "sha384")[:length]


def _head(content_type: bytes, length: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (content_type, length)


def main() -> None:
    """Serve until terminated; the first line of output is the URL."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0, help="seconds from a request's end to its answer")
    parser.add_argument("--bandwidth", type=float, default=0.0, help="bytes a second and connection; 0: no limit")
    parser.add_argument("--export", type=int, default=0, help="bytes of an export, rounded up to whole records")
    parser.add_argument("--certificate", default="", help="a PEM file with a certificate and its key, to speak TLS")
    options = parser.parse_args()
    connection = _EncryptedConnection if options.certificate else _Connection
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    if options.bandwidth:
        # Bytes that the system buffers would be bandwidth that the client does not wait for.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    print(f"http{'s' if options.certificate else ''}://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    block = records(_BUFFER) if options.export else b""
    while True:
        stream, _ = listener.accept()
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=connection(stream, options, block).serve, daemon=True).start()


if __name__ == "__main__":
    main()

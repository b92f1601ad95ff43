"""A server that answers every query with a table of a given number of rows: columns as JSON, rows as CSV."""

from __future__ import annotations

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks._csv import COLUMNS, records

_BLOCK = 1 << 20


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    rows = 0
    block = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if "/export/" not in self.path:
            metadata = [{"type": column_type} for column_type in COLUMNS.values()]
            self._head("application/json", len(body := _json(metadata)))
            self.wfile.write(body)
            return
        header = ",".join(COLUMNS).encode() + b"\n"
        a_block = self.block.count(b"\n")
        rest = b"".join(self.block.splitlines(keepends=True)[: self.rows % a_block])
        blocks = self.rows // a_block
        self._head("text/csv", len(header) + blocks * len(self.block) + len(rest))
        self.wfile.write(header)
        for _ in range(blocks):
            self.wfile.write(self.block)
        self.wfile.write(rest)

    def _head(self, content_type: str, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be silent."""


def _json(metadata: list[dict[str, str]]) -> bytes:
    return json.dumps({"columns": list(COLUMNS), "metadata": metadata, "rows": []}).encode()


def main() -> None:
    """Serve until terminated; the first line of output is the URL."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    _Handler.rows = parser.parse_args().rows
    _Handler.block = records(_BLOCK)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

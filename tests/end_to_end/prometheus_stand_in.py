"""A Prometheus server of which a test says what it answers."""

import http.server
import threading


class PrometheusStandIn:
    """Listens on 127.0.0.1. To each range query it answers `answer(words, number, headers)`: the
    query's words, how many there have been, its headers; a status, a body, and the length that it
    claims (None: the body's own)."""

    def __init__(self, answer):
        outer = self
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                words = dict(pair.split("=", 1) for pair in body.split("&"))
                outer.asked.append(words)
                status, text, length = answer(words, len(outer.asked), self.headers)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text) if length is None else length))
                self.end_headers()
                self.wfile.write(text.encode())

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

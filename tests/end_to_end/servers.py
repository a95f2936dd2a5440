"""Real servers of Debian's packages, each a process of the test's own on a free port: never a service."""

import os
import shutil
import subprocess

import pytest

import harness
from harness import until


def needs(program, *beside):
    """The program, also where the path of an ordinary user does not lead; skips where there is none."""
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *beside]))
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


class Nginx:
    """An nginx that serves /health by TLS and without; `health` says how."""

    def __init__(self, folder):
        self.folder = folder
        self.port, self.tls_port = harness.free_port(), harness.free_port()
        self.certificate = folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
             "10", "-subj", "/CN=tocsin test", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
             str(folder / "key.pem"), "-out", str(self.certificate)], check=True, capture_output=True)
        self.process = None
        self.health(200, '{"status":"ok","queue":{"length":7}}')
        self.start()

    def health(self, status, body):
        (self.folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
  server {{
    listen 127.0.0.1:{self.port};
    listen 127.0.0.1:{self.tls_port} ssl;
    ssl_protocols TLSv1.3; ssl_certificate {self.certificate}; ssl_certificate_key {self.folder}/key.pem;
    location = /health {{ default_type application/json; return {status} '{body}'; }}
    location = /moved {{ return 301 /health; }}
    location = /secret {{ if ($http_x_api_key != "open-sesame") {{ return 403; }} return 200 "welcome"; }}
  }}
}}
""")

    def start(self):
        with open(self.folder / "nginx.out", "ab") as out:
            self.process = subprocess.Popen([needs("nginx"), "-c", str(self.folder / "nginx.conf"), "-e",
                                             str(self.folder / "error.log"), "-p", str(self.folder)],
                                            stdout=out, stderr=out, stdin=subprocess.DEVNULL)

        def up():
            assert self.process.poll() is None, (self.folder / "nginx.out").read_text()
            try:
                harness.fetch(f"http://127.0.0.1:{self.port}/moved")
            except harness.urllib.error.HTTPError:
                return True
            except OSError:
                return False
            return True

        until(up, 20, "nginx answers")

    def stop(self):
        harness.end_process(self.process)

    def restart(self):
        self.stop()
        self.start()

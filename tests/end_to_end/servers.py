"""Real servers of Debian's packages, each a process of the test's own on a free port: never a service."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading

import pytest

import harness
from harness import until


def needs(program, *beside):
    """The program, also where the path of an ordinary user does not lead; skips where there is none."""
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *beside]))
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def shown(daemon, expression):
    """The series of an instant query."""
    answer = json.loads(daemon.cli("query", "--json", expression).stdout)
    return answer["data"]["result"] if "data" in answer else answer["result"]


def value(daemon, expression):
    """Its only value, or None."""
    found = shown(daemon, expression)
    return float(found[0]["value"][1]) if len(found) == 1 else None


def self_signed(folder):
    """A key and a certificate for this host that end in ten days: key.pem, certificate.pem."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "10",
         "-subj", "/CN=tocsin test", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
         str(folder / "key.pem"), "-out", str(folder / "certificate.pem")], check=True, capture_output=True)


def answering(reply, then_close=True):
    """A server that says `reply` to whatever comes; its port and what ends it."""
    server = socket.create_server(("127.0.0.1", 0))
    kept = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                kept.append(connection)
                connection.recv(1000)
                connection.sendall(reply)
                if then_close:
                    connection.close()

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1], server


class Nginx:
    """An nginx that serves /health by TLS and without; `health` says how."""

    def __init__(self, folder):
        self.folder = folder
        self.port, self.tls_port = harness.free_port(), harness.free_port()
        self.certificate = folder / "certificate.pem"
        self_signed(folder)
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


class Redis:
    """A redis-server with 4 MiB, a password for its default user and an ACL user who may ask for INFO alone."""

    def __init__(self, folder, *options, tls=False):
        self.folder = folder
        self.port = harness.free_port()
        self.socket = folder / "redis.sock"
        self.password, self.monitor_password = "correct-horse", "battery-staple"
        listening = [f"--port {self.port}"]
        if tls:
            self.tls_port = harness.free_port()
            listening.append(f"--tls-port {self.tls_port} --tls-cert-file {folder}/certificate.pem --tls-key-file "
                             f"{folder}/key.pem --tls-ca-cert-file {folder}/certificate.pem --tls-auth-clients no")
        words = " ".join(listening).split() + [
            "--bind", "127.0.0.1", "--unixsocket", str(self.socket), "--dir", str(folder), "--save", "", "--maxmemory",
            "4mb", "--requirepass", self.password, "--user", "monitor", "on", f">{self.monitor_password}", "+info",
            "+ping", *options]
        with open(folder / "redis.out", "ab") as out:
            self.process = subprocess.Popen([needs("redis-server"), *words], stdout=out, stderr=out,
                                            stdin=subprocess.DEVNULL)
        until(self.answers, 20, "redis answers")

    def answers(self):
        assert self.process.poll() is None, (self.folder / "redis.out").read_text()
        return self.ask("PING").strip() == "PONG"

    def ask(self, *words):
        run = subprocess.run([needs("redis-cli"), "-p", str(self.port), "-a", self.password, "--no-auth-warning",
                              *words], capture_output=True, text=True, timeout=20)
        return run.stdout

    def memory(self):
        """The share of maxmemory that is in use."""
        found = dict(line.split(":", 1) for line in self.ask("INFO", "memory").splitlines() if ":" in line)
        return int(found["used_memory"]) / int(found["maxmemory"])

    def fill(self, share):
        number = 0
        while self.memory() < share:
            self.ask("SETRANGE", f"key-{number}", "40000", "x")
            number += 1

    def stop(self):
        harness.end_process(self.process)


class Postgres:
    """A cluster of its own with 100 connections, run by an ordinary user: PostgreSQL refuses root. With `tls` it
    shows the folder's certificate, and lets nobody in who does not speak TLS."""

    BIN = "/usr/lib/postgresql/15/bin"

    def __init__(self, folder, tls=False):
        self.folder = folder / "postgres"
        self.folder.mkdir()
        self.port = harness.free_port()
        self.password = "tr0ub4dor"
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")
            folder.chmod(0o755)
            self.as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        self.data = self.folder / "data"
        self.run("initdb", "-D", str(self.data), "-U", "root", "--auth=trust", "--no-sync", "-E", "UTF8",
                 "--locale=C")
        (self.data / "pg_hba.conf").write_text(
            f"local all root trust\n{'hostssl' if tls else 'host'} all all 127.0.0.1/32 scram-sha-256\n")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as out:
            out.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nfsync = off\nmax_connections = 100\n"
                      f"unix_socket_directories = '{self.folder}'\n")
            if tls:
                out.write("ssl = on\nssl_cert_file = 'certificate.pem'\nssl_key_file = 'key.pem'\n")
        if tls:
            self_signed(self.data)
            shutil.copy(self.data / "certificate.pem", folder)
            (self.data / "key.pem").chmod(0o600)
            if self.as_user:
                shutil.chown(self.data / "key.pem", "nobody", "nogroup")
        self.process = None
        self.start()
        self.sql(f"create role monitor login password '{self.password}'", "grant pg_monitor to monitor",
                 f"create role app login password '{self.password}'", "create database shop owner app")

    def run(self, program, *words):
        subprocess.run([*self.as_user, needs(program, self.BIN), *words], check=True, capture_output=True, cwd="/")

    def start(self):
        with open(self.folder / "log", "ab") as out:
            self.process = subprocess.Popen([*self.as_user, needs("postgres", self.BIN), "-D", str(self.data)],
                                            stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd="/")

        def up():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            return self.psql("select 1", check=False).returncode == 0

        until(up, 30, "postgres answers")

    def psql(self, statement, database="postgres", check=True):
        return subprocess.run([needs("psql", self.BIN), "-X", "-q", "-A", "-t", "-h", str(self.folder), "-p",
                               str(self.port), "-U", "root", "-d", database, "-c", statement],
                              capture_output=True, text=True, timeout=30, check=check)

    def sql(self, *statements, database="postgres"):
        return [self.psql(statement, database).stdout.strip() for statement in statements][-1]

    def open(self, count):
        """That many connections of the application, each idle: processes to be ended."""
        url = f"postgresql://app:{self.password}@127.0.0.1:{self.port}/shop"
        opened = [subprocess.Popen([needs("psql", self.BIN), "-X", "-q", url], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(count)]
        until(lambda: int(self.sql("select count(*) from pg_stat_activity where usename = 'app'")) == count, 60,
              f"{count} connections")
        return opened

    @staticmethod
    def close(opened):
        for one in opened:
            one.stdin.close()
            harness.end_process(one)

    def stop(self, how=harness.signal.SIGINT):
        harness.end_process(self.process, how)

"""Receives the demo's deliveries over HTTP and keeps what it accepts.

A receiver as any program could have one: the standard library, a shared secret and the Standard Webhooks rules
(https://www.standardwebhooks.com). It verifies every signature by itself. It answers 503 to the first delivery of every
fifth message it meets, as real receivers do on a bad day, so that the sender has to deliver those again.

usage: WEBHOOK_SECRET=whsec_BASE64 receiver.py PORT-FILE LOG-FILE
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

port_file, log_file = sys.argv[1:3]
key = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
tolerance = 300  # seconds that a signature stays good, so that an old one can't be sent again
met = set()
lock = threading.Lock()


def problem(headers, body):
    """Why a delivery can't be trusted, or None."""
    message, sent, signatures = (headers.get("webhook-" + name) for name in ("id", "timestamp", "signature"))
    if not (message and sent and signatures):
        return "a webhook header is missing"
    if not sent.isdigit() or abs(time.time() - int(sent)) > tolerance:
        return "the timestamp is too far from now"
    digest = hmac.new(key, f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    if not any(hmac.compare_digest(expected, given.encode()) for given in signatures.split()):
        return "the signature does not match"
    return None


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        message = self.headers.get("webhook-id", "")
        reason = problem(self.headers, body)
        with lock:
            is_first = message not in met
            status = 401 if reason else 503 if is_first and len(met) % 5 == 0 else 200
            met.add(message)
            with open(log_file, "a", encoding="utf-8") as log:
                log.write(json.dumps({"message": message, "status": status, "problem": reason,
                                      "body": body.decode("utf-8", "replace")}) + "\n")
        answer = json.dumps({"accepted": status == 200}).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        """Says nothing on standard error: the log file has it all."""


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
with open(port_file + ".new", "w", encoding="utf-8") as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + ".new", port_file)
server.serve_forever()

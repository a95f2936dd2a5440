"""Hosts behind a TUN device of the test's own, which reply to echo requests as late and as seldom as the test says.
Run inside the test's network namespace; a line of JSON on stdin changes the manner: {"delay": 0.15, "loss": 0.0,
"unreachable": false}. Prints "ready" once the device is there."""

import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[: len(data) // 2 * 2]))
    if len(data) % 2:
        total += data[-1] << 8
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip4(source, target, payload):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, 1, 0, source, target)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def icmp(kind, code, rest):
    message = struct.pack("!BBH", kind, code, 0) + rest
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def answer(packet, unreachable):
    """What the host that a packet is for sends back; None where it says nothing."""
    length = (packet[0] & 0x0F) * 4
    if packet[0] >> 4 != 4 or packet[9] != 1 or packet[length] != 8:
        return None
    source, target = packet[12:16], packet[16:20]
    if unreachable:
        return ip4(target, source, icmp(3, 1, b"\0\0\0\0" + packet[: length + 8]))
    return ip4(target, source, icmp(0, 0, packet[length + 4:]))


def main(device, network):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    for words in (f"link set {device} up", f"addr add {network} dev {device}"):
        subprocess.run(["ip", *words.split()], check=True)
    os.set_blocking(tun, False)
    print("ready", flush=True)
    manner = {"delay": 0.0, "loss": 0.0, "unreachable": False}
    due = []
    while True:
        wait = max(0.0, due[0][0] - time.monotonic()) if due else None
        readable, _, _ = select.select([tun, sys.stdin], [], [], wait)
        if sys.stdin in readable:
            line = sys.stdin.readline()
            if not line:
                return
            manner.update(json.loads(line))
            print("done", flush=True)
        if tun in readable:
            reply = answer(os.read(tun, 65536), manner["unreachable"])
            if reply is not None and random.random() >= manner["loss"]:
                heapq.heappush(due, (time.monotonic() + manner["delay"], reply))
        while due and due[0][0] <= time.monotonic():
            os.write(tun, heapq.heappop(due)[1])


if __name__ == "__main__":
    main(*sys.argv[1:])

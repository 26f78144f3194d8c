"""Calls a bot as aiortc does, on loopback only. Arguments: the bot's address, and which call. Prints one line of JSON."""

import asyncio
import fractions
import json
import math
import sys
import urllib.request

import aioice.ice
import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

RATE_HZ = 48_000
FRAME_SAMPLES = 960
SPOKEN_FRAMES = 100
ENOUGH_FRAMES = 50
PATIENCE_S = 15

# aioice leaves loopback out, and all traffic here is to stay there.
aioice.ice.get_host_addresses = lambda **_: ["127.0.0.1"]


class Tone(MediaStreamTrack):
    """440 Hz."""

    kind = "audio"

    def __init__(self):
        super().__init__()
        self.frames = 0

    async def recv(self):
        await asyncio.sleep(FRAME_SAMPLES / RATE_HZ)
        start = self.frames * FRAME_SAMPLES
        self.frames += 1
        samples = (
            int(8_000 * math.sin(2 * math.pi * 440 * (start + index) / RATE_HZ)) for index in range(FRAME_SAMPLES)
        )
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        frame.planes[0].update(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
        frame.sample_rate = RATE_HZ
        frame.pts = start
        frame.time_base = fractions.Fraction(1, RATE_HZ)
        return frame


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:
        return json.load(reply)


async def call(base_url, kind):
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    tone = Tone()
    direction = kind if kind in ("sendonly", "recvonly") else "sendrecv"
    voice = pc.addTransceiver("audio" if direction == "recvonly" else tone, direction=direction)
    pc.addTransceiver("video", direction="recvonly")
    channel = pc.createDataChannel("anything" if kind == "label" else "chat")
    opened = asyncio.Event()
    received = 0

    @channel.on("open")
    def on_open():
        # As Pipecat's clients do, after which the bot greets.
        channel.send('{"label":"rtvi-ai","type":"client-ready","id":"1","data":{"version":"2.1.0"}}')
        opened.set()

    async def listen(track):
        nonlocal received
        try:
            while True:
                await track.recv()
                received += 1
        except MediaStreamError:
            pass

    listening = []
    pc.on("track", lambda track: listening.append(asyncio.ensure_future(listen(track))))
    try:
        await pc.setLocalDescription(await pc.createOffer())
        session = await asyncio.to_thread(post, f"{base_url}/start", {})
        url = f"{base_url}/sessions/{session['sessionId']}/api/offer"
        offer = {"sdp": pc.localDescription.sdp, "type": "offer"}
        answer = await asyncio.to_thread(post, url, offer)
        await pc.setRemoteDescription(RTCSessionDescription(sdp=answer["sdp"], type="answer"))
        await asyncio.wait_for(opened.wait(), PATIENCE_S)
        for _ in range(PATIENCE_S * 50):
            spoken = direction == "recvonly" or tone.frames >= SPOKEN_FRAMES
            heard = direction == "sendonly" or received >= ENOUGH_FRAMES
            if spoken and heard:
                break
            await asyncio.sleep(0.02)
        return {"packets": received, "direction": voice.currentDirection}
    finally:
        await pc.close()


def main():
    try:
        print(json.dumps(asyncio.run(call(sys.argv[1], sys.argv[2]))))
    except Exception as error:  # Whatever it is, it is the result.
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
        sys.exit(1)


main()

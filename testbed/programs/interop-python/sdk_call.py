"""Holds a call on the Bedrock stand-in with AWS's own SDK for Python, over TLS: typed text in, words and speech out.

Needs Python 3.12 with what requirements-sdk.txt names, and the environment that `npm run sandbox -- --tls` prints; `main.ts` beside it
gives both dialects of the stand-in to it.
"""

import asyncio
import base64
import json
import os
import uuid

from awscrt import io as crt_io
from aws_sdk_bedrock_runtime.client import AsyncBedrockRuntimeClient
from aws_sdk_bedrock_runtime.config import AsyncBedrockRuntimeConfig
from aws_sdk_bedrock_runtime.models import (
    BidirectionalInputPayloadPart,
    InvokeModelWithBidirectionalStreamInputChunk,
    InvokeModelWithBidirectionalStreamOperationInput,
)
from smithy_http.aio.crt import AWSCRTHTTPClient

WORDS = "Hello from Python."
MODEL = "amazon.nova-2-5-sonic"
LPCM = {"mediaType": "audio/lpcm", "sampleSizeBits": 16, "channelCount": 1, "audioType": "SPEECH", "encoding": "base64"}


def transport() -> AWSCRTHTTPClient:
    """The only transport that speaks HTTP/2; it has no setting for a certificate of one's own."""
    client = AWSCRTHTTPClient()
    options = crt_io.TlsContextOptions()
    options.override_default_trust_store_from_path(None, os.environ["NODE_EXTRA_CA_CERTS"])
    client._tls_ctx = crt_io.ClientTlsContext(options)
    return client


class Call:
    """One stream: events in, events out."""

    def __init__(self, stream) -> None:
        self.stream = stream
        self.prompt = str(uuid.uuid4())

    async def send(self, name: str, body: dict) -> None:
        data = json.dumps({"event": {name: body}}).encode()
        part = BidirectionalInputPayloadPart(bytes_=data)
        await self.stream.input_stream.send(InvokeModelWithBidirectionalStreamInputChunk(value=part))

    async def text(self, role: str, text: str, interactive: bool) -> None:
        ids = {"promptName": self.prompt, "contentName": str(uuid.uuid4())}
        plain = {"mediaType": "text/plain"}
        start = {"type": "TEXT", "interactive": interactive, "role": role, "textInputConfiguration": plain}
        await self.send("contentStart", {**ids, **start})
        await self.send("textInput", {**ids, "content": text})
        await self.send("contentEnd", ids)

    async def open(self, audio: str) -> None:
        inference = {"maxTokens": 1024, "topP": 0.9, "temperature": 0.7}
        await self.send("sessionStart", {"inferenceConfiguration": inference})
        output = {**LPCM, "sampleRateHertz": 24000, "voiceId": "tiffany"}
        plain = {"mediaType": "text/plain"}
        prompt = {"promptName": self.prompt, "textOutputConfiguration": plain, "audioOutputConfiguration": output}
        await self.send("promptStart", prompt)
        await self.text("SYSTEM", "You are a friendly assistant.", False)
        start = {"type": "AUDIO", "interactive": True, "role": "USER"}
        ids = {"promptName": self.prompt, "contentName": audio}
        config = {**LPCM, "sampleRateHertz": 16000}
        await self.send("contentStart", {**ids, **start, "audioInputConfiguration": config})
        silence = base64.b64encode(bytes(2 * 1600)).decode()
        await self.send("audioInput", {**ids, "content": silence})

    async def close(self, audio: str) -> None:
        await self.send("contentEnd", {"promptName": self.prompt, "contentName": audio})
        await self.send("promptEnd", {"promptName": self.prompt})
        await self.send("sessionEnd", {})
        await self.stream.input_stream.close()


async def main() -> None:
    config = await AsyncBedrockRuntimeConfig.resolve(
        endpoint_uri=os.environ["BEDROCK_ENDPOINT_URL"],
        region=os.environ["BEDROCK_REGION"],
        aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        transport=transport(),
    )
    client = AsyncBedrockRuntimeClient(config=config)
    operation = InvokeModelWithBidirectionalStreamOperationInput(model_id=MODEL)
    call = Call(await client.invoke_model_with_bidirectional_stream(operation))
    audio = str(uuid.uuid4())
    await call.open(audio)
    await call.text("USER", f'Say exactly: "{WORDS}"', True)
    _, output = await call.stream.await_output()
    said, speech_bytes, over = [], 0, False
    async for chunk in output:
        event = json.loads(chunk.value.bytes_)["event"]
        [(name, body)] = event.items()
        if name == "textOutput":
            said.append(body["content"])
        if name == "audioOutput":
            speech_bytes += len(base64.b64decode(body["content"]))
        if name == "contentEnd" and body["type"] == "AUDIO" and body["stopReason"] == "END_TURN" and not over:
            over = True
            await call.close(audio)
    assert said and said[0] == WORDS, said
    assert speech_bytes > 24000, speech_bytes
    print(json.dumps({"answer": said[0], "audioSeconds": round(speech_bytes / 48000, 2)}))


asyncio.run(asyncio.wait_for(main(), 30))

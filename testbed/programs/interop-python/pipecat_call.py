"""Holds a spoken call on the Bedrock stand-in by Pipecat's own Nova Sonic service, over TLS.

It is greeted, speaks, interrupts the answer with a question, and has a tool called for it. `main.ts` beside it gives it the stand-in;
two recordings as WAV files are its arguments: what is said first, and the question.
"""

import asyncio
import json
import os
import sys
import wave

from awscrt import io as crt_io
from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.aws.nova_sonic.llm import AWSNovaSonicLLMService
from pipecat.services.llm_service import FunctionCallParams
from pipecat.workers.runner import WorkerRunner
from smithy_http.aio.crt import AWSCRTHTTPClient

GREETING = "Hello from Pipecat."
RATE_HZ = 16000
FRAME_S = 0.02
FRAME_BYTES = int(2 * RATE_HZ * FRAME_S)
WITHIN_S = 90


class TrustingTransport(AWSCRTHTTPClient):
    """The SDK has no setting for a certificate of one's own, and copies its transport for each request."""

    def __init__(self) -> None:
        super().__init__()
        options = crt_io.TlsContextOptions()
        options.override_default_trust_store_from_path(None, os.environ["NODE_EXTRA_CA_CERTS"])
        self._tls_ctx = crt_io.ClientTlsContext(options)

    def __deepcopy__(self, memo: object) -> "TrustingTransport":
        return TrustingTransport()


class Service(AWSNovaSonicLLMService):
    """Pipecat's service, which has no setting for an endpoint either; nothing else of it is touched."""

    def create_client(self):
        client = super().create_client()
        client._config.endpoint_uri = os.environ["BEDROCK_ENDPOINT_URL"]
        client._config.transport = TrustingTransport()
        return client


class Heard:
    """What the pipeline brought, in order: pairs of a kind and what there is to know of it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, object]] = []
        self.changed = asyncio.Condition()

    async def add(self, kind: str, what: object = None) -> None:
        async with self.changed:
            self.events.append((kind, what))
            self.changed.notify_all()

    async def next(self, kind: str, since: int = 0) -> int:
        """The place behind the first event of this kind at or after `since`."""

        def place() -> int | None:
            found = (at + 1 for at, (its, _) in enumerate(self.events) if its == kind and at >= since)
            return next(found, None)

        async with self.changed:
            await self.changed.wait_for(lambda: place() is not None or self.failed)
        found = place()
        assert found is not None, f"no {kind}: {self.failed}"
        return found

    def of(self, kind: str, since: int = 0) -> list:
        return [what for its, what in self.events[since:] if its == kind]

    @property
    def failed(self) -> list:
        return self.of("error")


class Ear(FrameProcessor):
    """Notes frames of one direction and lets them pass."""

    def __init__(self, heard: Heard, direction: FrameDirection) -> None:
        super().__init__()
        self.heard = heard
        self.direction = direction

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction == self.direction:
            await self.note(frame)
        await self.push_frame(frame, direction)

    async def note(self, frame: Frame) -> None:
        match frame:
            case TranscriptionFrame():
                await self.heard.add("transcription", frame.text)
            case LLMTextFrame():
                await self.heard.add("text", frame.text)
            case TTSAudioRawFrame():
                await self.heard.add("audio", len(frame.audio) / 2 / frame.sample_rate)
            case InterruptionFrame():
                await self.heard.add("interruption")
            case LLMFullResponseEndFrame():
                await self.heard.add("end")
            case ErrorFrame():
                await self.heard.add("error", frame.error)


class Microphone:
    """An open one: silence, and what is said."""

    def __init__(self, worker: PipelineWorker) -> None:
        self.worker = worker
        self.speech = b""
        self.task = asyncio.create_task(self.run())

    def say(self, file: str) -> None:
        with wave.open(file) as wav:
            assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (RATE_HZ, 1, 2)
            self.speech = wav.readframes(wav.getnframes())

    async def run(self) -> None:
        clock = asyncio.get_running_loop()
        due = clock.time()
        while True:
            frame, self.speech = self.speech[:FRAME_BYTES], self.speech[FRAME_BYTES:]
            audio = frame.ljust(FRAME_BYTES, b"\0")
            await self.worker.queue_frame(InputAudioRawFrame(audio=audio, sample_rate=RATE_HZ, num_channels=1))
            due += FRAME_S
            await asyncio.sleep(due - clock.time())


async def converse(heard: Heard, microphone: Microphone, first: str, question: str) -> dict:
    """The call, waiting for each thing to happen."""
    greeted = await heard.next("end", await heard.next("audio"))
    microphone.say(first)
    understood = await heard.next("transcription", greeted)
    answering = await heard.next("audio", understood)
    microphone.say(question)
    interrupted = await heard.next("interruption", answering)
    asked = await heard.next("transcription", interrupted)
    used = await heard.next("tool", interrupted)
    spoken = await heard.next("audio", await heard.next("text", used))
    await heard.next("end", spoken)
    return {
        "greeting": " ".join(heard.of("text")[:1]),
        "understood": [heard.events[understood - 1][1], heard.events[asked - 1][1]],
        "tool": heard.events[used - 1][1],
        "answer": "".join(heard.of("text", used)),
        "audioSeconds": round(sum(heard.of("audio")), 2),
    }


async def main(first: str, question: str) -> None:
    logger.remove()
    logger.add(sys.stderr, level=os.environ.get("PIPECAT_LOG_LEVEL", "ERROR"))
    heard = Heard()

    async def get_current_time(params: FunctionCallParams, place: str) -> None:
        """Tells the time.

        Args:
            place: The city.
        """
        await heard.add("tool", {"place": place})
        await params.result_callback({"place": place, "time": "noon"})

    service = Service(
        access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        region=os.environ["BEDROCK_REGION"],
        settings=AWSNovaSonicLLMService.Settings(system_instruction="You are a friendly assistant."),
    )
    context = LLMContext([{"role": "user", "content": f'Say exactly: "{GREETING}"'}], [get_current_time])
    pair = LLMContextAggregatorPair(context)
    before, behind = Ear(heard, FrameDirection.UPSTREAM), Ear(heard, FrameDirection.DOWNSTREAM)
    worker = PipelineWorker(Pipeline([pair.user(), before, service, behind, pair.assistant()]), enable_rtvi=False)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await worker.queue_frame(LLMRunFrame())
    microphone = Microphone(worker)
    try:
        result = await converse(heard, microphone, first, question)
    finally:
        microphone.task.cancel()
        await worker.queue_frame(EndFrame())
        await running
    print(json.dumps({**result, "errors": heard.failed}))


asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), WITHIN_S))

import { readInputAudio, type RecordingLine } from '../../../../contract/model-recordings';
import type { SpeechSession } from '../../../../bot/sonic/speech-model';
import { ActReader } from '../../../../testbed/fakes/bedrock/replay/acts';
import { textOf } from '../../../../testbed/fakes/bedrock/replay/refill';
import type { FakeBedrock, FakeSession } from '../../../../testbed/fakes/bedrock/server';
import type { RecordingSpeechEvents } from '../../../support/recording-speech-events';

const LOUD_DB = -46;
const WITHIN_MS = 150_000;

export interface RecordedCall {
  readonly lines: readonly RecordingLine[];
  readonly session: SpeechSession;
  readonly events: RecordingSpeechEvents;
  readonly sandbox: FakeBedrock;
  /** The stream on which the recording is played. */
  readonly stream: FakeSession;
}

/** Says, types and answers what was said, typed and answered in a recording, each once the service has said what came before. */
export async function playCaller({ lines, session, events, sandbox, stream }: RecordedCall): Promise<void> {
  const reader = new ActReader();
  let isSpeaking = false;
  let results = 0;
  let isBegun = lines.every(({ event }) => !('sessionStart' in event));
  const played = (line: number): Promise<FakeSession> =>
    sandbox.waitForSession((one) => one === stream && one.playedTo > line, WITHIN_MS);
  for (const [index, { dir, event }] of lines.entries()) {
    if (dir === 'out') continue;
    const [[name, value] = ['', {}]] = Object.entries(event);
    const body = value as Record<string, unknown>;
    if (name === 'audioInput') {
      isBegun = true;
      const { envelope } = readInputAudio(body['content']);
      const loud = envelope.some((db) => db > LOUD_DB);
      // Within an utterance nobody waits: the caller does not know what the model notices.
      if (loud && !isSpeaking) await played(index + 2);
      if (loud) session.sendAudio(noise(envelope), 'speaking');
      else if (isSpeaking) session.sendAudio(new Int16Array(320), 'silent');
      isSpeaking = loud;
      continue;
    }
    const act = reader.read(name, filled(body));
    if (act === undefined || !isBegun) continue;
    if (act.kind === 'prompt-end' || act.kind === 'audio-end') break;
    if (act.kind === 'text' && act.interactive) {
      await played(index);
      session.sendText(act.content ?? '');
    }
    if (act.kind === 'tool-result') {
      await events.waitFor('tool ');
      session.sendToolResult(events.tools[results]?.toolUseId ?? '', act.content ?? '{}');
      results += 1;
    }
  }
  const lastSaid = lines.findIndex(({ event }) => 'promptEnd' in event);
  await played(lastSaid === -1 ? lines.length + 1 : lastSaid);
}

/** A text whose length alone was kept is another of that length. */
function filled(body: Record<string, unknown>): Record<string, unknown> {
  return 'content' in body ? { ...body, content: textOf(body['content']) } : body;
}

/** Something as loud as the recording's caller was, step by step of 20 ms. */
function noise(envelope: readonly number[]): Int16Array {
  return Int16Array.from({ length: envelope.length * 320 }, (_, i) => {
    const amplitude = 32_768 * Math.SQRT2 * 10 ** ((envelope[Math.floor(i / 320)] ?? -96) / 20);
    return Math.round(Math.min(32_000, amplitude) * Math.sin(i / 9));
  });
}

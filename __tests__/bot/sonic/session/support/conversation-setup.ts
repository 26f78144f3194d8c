import pino from 'pino';
import { SonicModel } from '../../../../../bot/sonic/model';
import type { OutputEvent } from '../../../../../bot/sonic/protocol/parse-output';
import type { SessionOptions, SpeechSession } from '../../../../../bot/sonic/speech-model';
import { Ticker } from '../../../../../bot/time/ticker';
import { FakeClock } from '../../../../support/fake-clock';
import { say } from '../../../../support/say';
import { FakeStreamOpener } from '../../../../support/fake-model-streams';
import { RecordingSpeechEvents } from '../../../../support/recording-speech-events';

export const OPTIONS: SessionOptions = {
  callId: 'call-1',
  systemPrompt: 'Be kind.',
  voiceId: 'matthew',
  tools: [{ name: 'get_time', description: 'Says the time.', inputSchema: { type: 'object' } }],
  endpointingSensitivity: 'HIGH',
};

export const at = { completionId: 'c1', contentId: 'k' };
export const announced = (text: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'TEXT', role: 'ASSISTANT', stage: 'speculative' },
  { kind: 'text', ...at, text },
  { kind: 'block-end', ...at, type: 'TEXT', stopReason: 'PARTIAL_TURN' },
];
export const said = (role: 'USER' | 'ASSISTANT', text: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'TEXT', role, stage: 'final' },
  { kind: 'text', ...at, text },
  { kind: 'block-end', ...at, type: 'TEXT', stopReason: 'PARTIAL_TURN' },
];
export const spoken = (stopReason: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'AUDIO', role: 'ASSISTANT', stage: 'final' },
  { kind: 'audio', ...at, base64: Buffer.alloc(480).toString('base64') },
  { kind: 'block-end', ...at, type: 'AUDIO', stopReason },
];
export const toolUse = (toolUseId: string): OutputEvent => ({
  kind: 'tool-use',
  ...at,
  toolUseId,
  name: 'get_time',
  json: '{}',
});

export function setUp(limits = {}, random = 1) {
  const clock = new FakeClock();
  const opener = new FakeStreamOpener();
  const logs: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void logs.push(line) });
  const ticker = new Ticker({ periodMs: 32, clock, onListenerError: (error) => expect(error).toBeUndefined() });
  const model = new SonicModel({
    client: { streams: () => opener },
    modelId: 'amazon.nova-2-sonic-v1:0',
    ticker,
    logger,
    clock,
    limits,
    random: () => random,
  });
  const events = new RecordingSpeechEvents(clock);
  const abort = new AbortController();
  const opening = model.open(OPTIONS, events, abort.signal).then((session) => (events.hearing.session = session));
  return { clock, opener, logs, ticker, model, events, abort, opening };
}

export async function setUpOpen(limits = {}, random = 1) {
  const all = setUp(limits, random);
  all.opener.latest.accept();
  const session = await all.opening;
  all.clock.advance(32);
  return { ...all, session };
}

/** A tool was requested, the stream broke, and the next one was asked the question again. */
export async function setUpAskedAgain() {
  const all = await setUpOpen();
  all.opener.latest.output(...said('USER', 'What time is it?'), toolUse('t1'));
  all.opener.latest.lose();
  all.clock.advance(200);
  all.opener.latest.accept();
  all.clock.advance(32);
  return all;
}

export const NO_USAGE = { inputSpeechTokens: 1, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 };

/** The caller's microphone for a while: a voice, or with 0 silence. */
export function hear(session: SpeechSession, clock: FakeClock, ms: number, amplitude = 9_000): void {
  for (let done = 0; done < ms; done += 20) {
    say(
      session,
      Int16Array.from({ length: 320 }, (_, i) => Math.round(amplitude * Math.sin(i / 5))),
    );
    clock.advance(20);
  }
}

/** Nothing runs any more: no timer, no tick, no stream. */
export function expectQuiet({ clock, ticker, opener }: ReturnType<typeof setUp>): void {
  expect(clock.pendingTimers).toBe(0);
  expect(ticker.listenerCount).toBe(0);
  expect(opener.streams.filter(({ end }) => end === undefined)).toEqual([]);
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCallRecord } from '../../../contract/call-record';
import { align, firstSoundAfter, readRecording, resample } from '../../../testbed/speech';
import { decodedRecording } from '../../bot/records/recording/support/decoded-recording';
import { Environment } from '../../e2e/support/environment';
import { eventually } from '../../support/eventually';
import { releaseWebRtc } from '../../support/release-webrtc';

/* A call over WebRTC, recorded by the bot and, at the other end of the line, by the caller. */
const AGENT = {
  prompt: 'You are the reception.',
  greeting: 'You are with the reception.',
  records: { level: 'recording' },
};
const HZ = 24_000;

const folder = mkdtempSync(path.join(tmpdir(), 'recorded-call-'));
let environment: Environment;

beforeAll(async () => {
  writeFileSync(path.join(folder, 'reception.cjs'), `exports.default = ${JSON.stringify(AGENT)};\n`);
  environment = await Environment.start({
    env: { AGENT: 'reception', AGENTS_FOLDER: folder, CALL_RECORDS: path.join(folder, 'kept') },
    sandbox: { voice: 'tone' },
  });
});
afterAll(async () => {
  await environment.stop();
  releaseWebRtc();
  rmSync(folder, { recursive: true, force: true });
});

/** What the bot has kept of that kind; undefined: nothing yet. */
const kept = (ending: string): Buffer | undefined => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const file = files.find((name) => name.endsWith(ending));
  return file === undefined ? undefined : readFileSync(path.join(folder, file));
};

it('what was said and heard at the other end of the line is in the recording, each on its side, and in step', async () => {
  const caller = await environment.call();
  const messages = (): string => JSON.stringify(caller.messages.map(({ message }) => message));
  await eventually(() => messages().includes('"type":"recording","isOn":true'), 'the news that the call is recorded');
  await eventually(() => /bot-stopped-speaking/.test(messages()), 'the end of the greeting');
  const speech = readRecording('0930').samples;
  const said = await caller.say(speech);
  const { mark } = caller;
  const answers = (): number => messages().split('bot-stopped-speaking').length - 1;
  await eventually(() => answers() > 1, 'an answer');
  const answeredMs = caller.arrivalOf(firstSoundAfter(caller.heard, mark) ?? NaN) ?? NaN;
  caller.hangUp();
  const hasEnded = (): boolean => kept('.json')?.includes('"ended":true') === true;
  await eventually(hasEnded, 'the record of the call');

  const record = parseCallRecord(String(kept('.json')));
  expect(record).toMatchObject({
    ended: true,
    level: 'recording',
    consent: { mode: 'announce', outcome: 'announced' },
  });
  const { left, right } = await decodedRecording(kept('.ogg') ?? Buffer.alloc(0));
  const atLeft = align(left, resample(speech, 16_000, HZ));
  expect(atLeft.correlation).toBeGreaterThan(0.85);
  const spokenAtMs = (atLeft.lagSamples / HZ) * 1_000;
  const answerAtMs =
    firstSoundAfter({ pcm: right, rateHz: HZ, startMs: 0 }, spokenAtMs + said.endedMs - said.startedMs) ?? NaN;
  // From the first word to the first of the answer, for the caller and in the recording.
  const forCallerMs = answeredMs - said.startedMs;
  expect(Math.abs(forCallerMs - (answerAtMs - spokenAtMs))).toBeLessThan(150);
});

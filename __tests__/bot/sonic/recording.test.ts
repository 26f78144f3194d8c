import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Kept, parseRecording, type RecordingLine } from '../../../contract/model-recordings';
import { loadCassette } from '../../../testbed/fakes/bedrock/replay/refill';
import { FAKE_CREDENTIALS, type FakeBedrockOptions, startFakeBedrock } from '../../../testbed/fakes/bedrock/server';
import { openBot } from '../../../bot/compose';
import type { SpeechModel } from '../../../bot/sonic/speech-model';
import { testConfig } from '../../support/config';
import { FakeCalls } from '../../support/fake-call-service';
import { RecordingSpeechEvents } from '../../support/recording-speech-events';
import { testTelemetry } from '../../support/telemetry';
import { SESSION } from './support/session-settings';
import { eventually } from '../../support/eventually';
import { BedrockEnvironment, type Opened } from './support/environment';
import { playCaller } from './support/recorded-caller';
import { WRITTEN_HEAD } from '../../support/stream-head';

const SPEED = 20;
const LIVE: FakeBedrockOptions = { dialect: 'live', speechScale: SPEED };
const WORD = Int16Array.from({ length: 11_200 }, (_, i) => Math.round(Math.sin(i / 9) * 12_000));
const SECRET_WORDS = 'My number is 4711 0815.';
const WITHIN_MS = 15_000;

let folder = '';
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'recordings-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = (): string[] => readdirSync(folder).sort();
const about = (audio: Kept, texts: Kept) => ({ folder, audio, texts });

/** A typed turn, a tool and a spoken turn. */
async function talk({ session, events }: Opened): Promise<void> {
  const ended = async (count: number): Promise<void> =>
    eventually(() => events.lines.filter((line) => line === 'turn ended').length >= count, `turn ${count}`, WITHIN_MS);
  session.sendText(`Say exactly: "${SECRET_WORDS}"`);
  await ended(1);
  session.sendText('What time is it in Paris?');
  await events.waitFor('tool ');
  session.sendToolResult(events.tools[0]?.toolUseId ?? '', '{"time":"09:30","zone":"CET"}');
  await ended(2);
  session.sendAudio(WORD, 'speaking');
  session.sendAudio(new Int16Array(320), 'silent');
  await ended(3);
}

/** Records such a call. @returns its file */
async function record(audio: Kept, texts: Kept): Promise<string> {
  const environment = await BedrockEnvironment.start({ sandbox: LIVE, recordings: about(audio, texts) });
  const opened = await environment.open();
  await talk(opened);
  await opened.session.close();
  await environment.expectNothingLeft();
  await environment.recorder?.close();
  await environment.close();
  return path.join(folder, 'call-1-1.nova.jsonl');
}

/** Plays a recording to a bot. @returns where it did otherwise */
async function replay(
  file: string,
  change: (lines: readonly RecordingLine[]) => readonly RecordingLine[] = (lines) => lines,
  systemPrompt?: string,
): Promise<{ departure: string | undefined; opened: Opened }> {
  const cassette = loadCassette(file);
  const environment = await BedrockEnvironment.start({ sandbox: { replay: [cassette], speechScale: SPEED } });
  const opened = await environment.open(systemPrompt === undefined ? {} : { systemPrompt });
  const [stream] = environment.sandbox.sessions;
  if (stream === undefined) throw new Error('no session');
  await playCaller({ ...opened, lines: change(cassette.recording.lines), sandbox: environment.sandbox, stream });
  await opened.session.close();
  await stream.ended;
  await environment.expectNothingLeft();
  await environment.close();
  return { departure: stream.departures[0]?.what, opened };
}

describe('a recording of a stream', () => {
  it('of lengths only has no word, sound, id or key in it, and is played back to a bot that does the same', async () => {
    const file = await record('length', 'length');
    expect(files()).toEqual(['call-1-1.nova.jsonl']);
    expect(statSync(file).mode & 0o077).toBe(0);
    const text = readFileSync(file, 'utf8');
    for (const secret of [
      '4711',
      'Paris',
      'kind voice',
      '09:30',
      FAKE_CREDENTIALS.accessKeyId,
      FAKE_CREDENTIALS.secretAccessKey,
    ])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|AKIA|Signature|authorization/i);
    const { head, lines } = parseRecording(text);
    expect(head).toMatchObject({
      source: 'stand-in',
      region: 'eu-north-1',
      bot: '1.2.3',
      audio: 'length',
      texts: 'length',
    });
    expect(lines.at(-1)).toMatchObject({ dir: 'out', event: { streamEnd: { kind: 'closed' } } });
    const { departure, opened } = await replay(file);
    expect(departure).toBeUndefined();
    expect(opened.events.tools).toHaveLength(1);
    expect(opened.events.audioSamples).toBeGreaterThan(24_000);
  }, 60_000);

  it('with words and sound gives both back, and tells in what another bot differs', async () => {
    const file = await record('kept', 'kept');
    expect(files()).toEqual(['call-1-1.nova.jsonl', 'call-1-1.wav']);
    const otherResult = (lines: readonly RecordingLine[]): RecordingLine[] =>
      lines.map((line) => JSON.parse(JSON.stringify(line).replace('09:30', '10:30')) as RecordingLine);
    const lenient = path.join(folder, 'lenient.nova.jsonl');
    writeFileSync(lenient, readFileSync(file, 'utf8').replace('"redacted":', '"allow":["system"],"redacted":'));
    copyFileSync(file.replace('.nova.jsonl', '.wav'), lenient.replace('.nova.jsonl', '.wav'));
    const [same, allowed, prompt, result, left] = await Promise.all([
      replay(file),
      replay(lenient, undefined, 'You are another.'),
      replay(file, undefined, 'You are a kind voice agent.\nBe brief.'),
      replay(file, otherResult),
      replay(file, (lines) =>
        lines.slice(
          0,
          lines.findIndex(({ event }) => 'toolUse' in event),
        ),
      ),
    ]);
    expect(same.departure).toBeUndefined();
    expect(allowed.departure).toBeUndefined();
    expect(same.opened.events.lines).toContain(`speculative: ${SECRET_WORDS}`);
    expect(prompt.departure).toMatch(/^line \d+: the system prompt: \+1 −0 lines: is "Be brief."$/);
    expect(result.departure).toMatch(/^line \d+: the result of tool-1: time was "09:30", is "10:30"$/);
    expect(left.departure).toMatch(
      /^line \d+: the bot sends the end of audio, the recording has the result of tool-1$/,
    );
  }, 60_000);

  it('ends at its limit with one line in the log, and the call goes on', async () => {
    const recordings = { ...about('kept', 'kept'), maxCallBytes: 20_000 };
    const environment = await BedrockEnvironment.start({ sandbox: LIVE, recordings });
    const opened = await environment.open();
    await talk(opened);
    await opened.session.close();
    await environment.recorder?.close();
    const told = environment.logs.filter((line) => line.includes('recording of model streams'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('"reason":"full"');
    expect(opened.events.ends).toEqual([{ kind: 'closed' }]);
    const bytes = files().reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
    expect(bytes).toBeLessThanOrEqual(20_000);
    await environment.expectNothingLeft();
    await environment.close();
  }, 60_000);

  it.each([
    ['that goes away', (): void => rmSync(folder, { recursive: true }), 'the recording of model streams was stopped'],
    ['that is none', (): void => undefined, 'model streams cannot be kept'],
  ])(
    'in a folder %s costs one line in the log, and no call',
    async (_what, spoil, line) => {
      const place = line.startsWith('model') ? path.join(folder, 'file', 'folder') : folder;
      writeFileSync(path.join(folder, 'file'), '');
      const recordings = { ...about('length', 'length'), folder: place };
      const environment = await BedrockEnvironment.start({ sandbox: LIVE, recordings });
      spoil();
      const { session, events } = await environment.open();
      session.sendText('Say exactly: "One."');
      await eventually(() => events.lines.includes('turn ended'), 'the answer', WITHIN_MS);
      await session.close();
      expect(environment.logs.filter((one) => one.includes(line))).toHaveLength(1);
      await environment.expectNothingLeft();
      await environment.close();
    },
    60_000,
  );
});

describe('a bot with MODEL_RECORDINGS_FOLDER', () => {
  it('keeps the streams of its calls there, without words unless it is told to', async () => {
    const before = { ...process.env };
    process.env['AWS_ACCESS_KEY_ID'] = FAKE_CREDENTIALS.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = FAKE_CREDENTIALS.secretAccessKey;
    const sandbox = await startFakeBedrock({ voice: 'tone', ...LIVE });
    const config = testConfig({ MODEL_RECORDINGS_FOLDER: folder, BEDROCK_ENDPOINT_URL: sandbox.url, VERSION: '1.2.3' });
    let model: SpeechModel | undefined;
    const bot = await openBot(config, testTelemetry(), {
      openCallService: async (_config, deps) => {
        model = deps.model;
        const calls = new FakeCalls();
        return { calls, signalling: calls, close: () => Promise.resolve() };
      },
    });
    const events = new RecordingSpeechEvents();
    const session = await model?.open(SESSION, events, new AbortController().signal);
    session?.sendText(`Say exactly: "${SECRET_WORDS}"`);
    await eventually(() => events.lines.includes('turn ended'), 'the answer', WITHIN_MS);
    await session?.close();
    await bot.stop(0);
    await sandbox.close();
    process.env = before;
    expect(files()).toEqual(['call-1-1.nova.jsonl']);
    const text = readFileSync(path.join(folder, 'call-1-1.nova.jsonl'), 'utf8');
    expect(parseRecording(text).head).toMatchObject({
      source: 'stand-in',
      bot: '1.2.3',
      texts: 'length',
      audio: 'length',
    });
    expect(text).not.toContain('4711');
  }, 60_000);
});

describe('a file that is no recording', () => {
  const lines = (...rest: unknown[]): string => rest.map((one) => JSON.stringify(one)).join('\n');

  it.each([
    ['nothing', '', 'line 1: must be the head of a recording'],
    ['no JSON', `${JSON.stringify(WRITTEN_HEAD)}\n{"t":`, 'line 2: must be JSON'],
    ['another source', lines({ ...WRITTEN_HEAD, source: 'heard' }), 'line 1: source: '],
    [
      'two events in a line',
      lines(WRITTEN_HEAD, { t: 0, dir: 'in', event: { a: {}, b: {} } }),
      'line 2: event: must have one key',
    ],
    [
      'time that runs back',
      lines(WRITTEN_HEAD, { t: 5, dir: 'out', event: { a: {} } }, { t: 4, dir: 'out', event: { a: {} } }),
      'line 3: t: must not be before the line above',
    ],
  ])('%s: the line and the rule are named', (_what, text, message) => {
    expect(() => parseRecording(text)).toThrow(message);
  });
});

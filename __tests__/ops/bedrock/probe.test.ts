import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MODEL_OUTPUT_HZ } from '../../../bot/audio';
import { parseRecording } from '../../../contract/model-recordings';
import { known, unknown } from '../../../ops/bedrock/probe/experiment';
import { readBargeIn } from '../../../ops/bedrock/probe/experiments/barge-in';
import type { Seen } from '../../../ops/bedrock/probe/reading';
import { prefixOf, troubleOf } from '../../../ops/bedrock/probe/outcome';
import { planOf } from '../../../ops/bedrock/probe/plan';
import { proposalsOf, standInOptions } from '../../../ops/bedrock/probe/proposals';
import { FAKE_CREDENTIALS, type FakeBedrock, parseSwitch, startFakeBedrock } from '../../../testbed/fakes/bedrock';
import { CASES, type ProbeCase } from '../../../testbed/programs/probe-stand-in/cases';
import { probeCase } from '../../../testbed/programs/probe-stand-in/probe-case';
import { eventually } from '../../support/eventually';
import { ops } from '../support/cli';
import { Project } from '../support/project';

const MODEL_ID = 'amazon.nova-2-5-sonic';
const before = { ...process.env };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'probe-'));
  process.env['AWS_ACCESS_KEY_ID'] = FAKE_CREDENTIALS.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = FAKE_CREDENTIALS.secretAccessKey;
});
afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

describe('the plan of a probe', () => {
  it.each([MODEL_ID, 'amazon.nova-2-sonic-v1:0'])('takes eight minutes and 25 cents at the most: %s', (modelId) => {
    const whole = planOf(modelId, { isQuick: false, withLife: false });
    expect(whole.seconds).toBeLessThanOrEqual(8 * 60);
    expect(whole.usd).toBeLessThanOrEqual(0.25);
    const quick = planOf(modelId, { isQuick: true, withLife: false });
    expect(quick.seconds).toBeLessThanOrEqual(2 * 60);
    expect(quick.leftOut.map(({ name }) => name)).toEqual(['lifetime', 'idle']);
  });

  it('asks for every switch of the stand-in, by its name', () => {
    const { experiments } = planOf(MODEL_ID, { isQuick: false, withLife: true });
    const asked = experiments.flatMap(({ asks, mayAsk }) => Object.keys({ ...asks, ...mayAsk }));
    const switches = [...new Set(CASES.flatMap(({ expected }) => Object.keys(expected)))];
    expect([...asked, 'trouble', 'prefix']).toEqual(expect.arrayContaining(switches));
  });
});

/** Both sides' lines of a recording as a probe sees them: the service's events, and where the caller's n-th speech began. */
function seenIn(name: string, nthSpeech: number): { seen: Seen[]; from: number } {
  const file = path.join(__dirname, '..', '..', 'recordings', `${name}.nova.jsonl`);
  const { lines } = parseRecording(readFileSync(file, 'utf8'));
  const seen: Seen[] = [];
  const begins: number[] = [];
  let isSpeaking = false;
  for (const { t, dir, event } of lines) {
    const [[kind, value] = ['', {}]] = Object.entries(event);
    const { content, ...body } = value as Record<string, unknown>;
    if (dir === 'in') {
      const isLoud = JSON.stringify(content).includes('-20');
      if (isLoud && !isSpeaking) begins.push(seen.length);
      isSpeaking = isLoud;
      continue;
    }
    const { samples } = (content ?? {}) as { samples?: number };
    const pcm = Buffer.alloc(2 * (samples ?? MODEL_OUTPUT_HZ)).toString('base64');
    seen.push({ name: kind, body: { ...body, content: samples === undefined ? content : pcm }, atMs: t });
  }
  return { seen, from: begins[nthSpeech] ?? 0 };
}

describe('what a probe sees', () => {
  it.each([
    ['barge-in-a', 'A', 'ends'],
    ['barge-in-b', 'B', 'ends'],
    ['barge-in-c', 'C', undefined],
  ])('%s: the variant of an interruption', (name, bargeIn, cutBlock) => {
    const { seen, from } = seenIn(name, 1);
    const answers = readBargeIn(seen, from);
    expect(Object.fromEntries(answers.map(({ subject, variant }) => [subject, variant]))).toEqual({
      bargeIn,
      cutBlock,
      cutFinal: 'none',
    });
  });

  it.each([
    ['RequestId=1f2 : System instability detected. Please retry your request.', 'instability', 'request-id'],
    ['InternalErrorCode=531::RST_STREAM closed stream. HTTP/2 error code: NO_ERROR', 'reset-531', 'error-code'],
    ['Error(s):\nError 1 : Invalid input request, please fix your input and try again.', 'invalid-input', 'error-list'],
    ['Chat history is over max limit', undefined, 'none'],
  ])('%s', (text, trouble, prefix) => {
    expect(troubleOf({ name: 'ValidationException', text, atMs: 0 }, false)).toBe(trouble);
    expect(prefixOf(text)).toBe(prefix);
  });
});

describe('what follows from a probe', () => {
  it('is the quirk that the table has otherwise, and the way to have the stand-in do the same', () => {
    const answers = [
      known('toolAudio', 'accepted', ''),
      known('parallel', 'refused', '12 were taken'),
      unknown('idle', ''),
    ];
    const proposals = proposalsOf(answers, MODEL_ID);
    expect(proposals.map(({ subject, change }) => [subject, change])).toEqual([
      ['holdAudioDuringTools', `contract/models.ts: quirks of ${MODEL_ID}: holdAudioDuringTools: false`],
      ['MAX_CALLS', expect.stringContaining('Service Quotas')],
    ]);
    expect(proposalsOf([known('toolAudio', 'refused', '')], MODEL_ID)[0]?.change).toBeUndefined();
    const options = standInOptions(answers);
    expect(options).toEqual(['--set toolAudio=accepted']);
    for (const option of options) expect(parseSwitch(option.replace('--set ', ''))).toEqual({ toolAudio: 'accepted' });
  });
});

describe('a probe of the stand-in', () => {
  const named = (name: string): ProbeCase => {
    const found = CASES.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no case ${name}`);
    return found;
  };

  it('names its ways, and writes a report and recordings without words', async () => {
    const cases: ProbeCase[] = [
      { ...named('toolArguments=twice'), expected: { toolArguments: 'twice', toolChain: 'one' } },
      {
        name: 'history',
        behaviours: { history: 'three-messages', historyTail: 'accepted' },
        expected: { history: 'three-messages', historyTail: 'accepted', prefix: 'request-id' },
      },
      named('schemas=plain-without-dollar'),
      named('headers=at-once'),
    ];
    const mistakes = await Promise.all(cases.map((one, index) => probeCase(one, path.join(folder, String(index)), 4)));
    expect(mistakes.flat()).toEqual([]);
    const report = readFileSync(path.join(folder, '0', 'report.md'), 'utf8');
    expect(report).toContain('| how are arguments given | `toolArguments` | twice |');
    expect(report).toContain('--set toolArguments=twice');
    expect(report).not.toContain(FAKE_CREDENTIALS.secretAccessKey);
    const recordings = readdirSync(path.join(folder, '0')).filter((file) => file.endsWith('.nova.jsonl'));
    expect(recordings).toContain('tool-1.nova.jsonl');
    for (const file of recordings) {
      const text = readFileSync(path.join(folder, '0', file), 'utf8');
      expect(parseRecording(text).head.source).toBe('stand-in');
      expect(text).not.toContain('sunny');
      expect(text).not.toContain(FAKE_CREDENTIALS.secretAccessKey);
    }
  });
});

describe('bedrock probe', () => {
  let project: Project;
  let sonic: FakeBedrock;
  beforeAll(async () => {
    project = new Project();
    sonic = await startFakeBedrock({ voice: 'tone', dialect: 'live' });
  });
  afterAll(async () => {
    await sonic.close();
    project.remove();
  });

  it('says how long it takes and what it costs, and asks nothing of anybody without a yes', async () => {
    const ran = await ops(`bedrock probe --endpoint ${sonic.url} --json`, { folder: project.folder });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /^\d+ experiments with amazon\.nova-2-5-sonic in http:\S+: 7 min and \$0\.\d\d at the most; left out: lifetime\.\n$/,
    );
    expect(ran.json.error?.message).toBe('--json needs --yes: nobody could be asked.');
    expect(sonic.sessions).toHaveLength(0);
  });

  it('names why not even one stream can be had', async () => {
    const ran = await ops('bedrock probe --quick --yes --json --endpoint http://127.0.0.1:9', {
      folder: project.folder,
    });
    expect(ran.code).toBe(1);
    expect(ran.json.error).toMatchObject({
      code: 'no_network',
      message: expect.stringContaining('127.0.0.1:9') as string,
    });
  });

  it('stops at once at Ctrl-C, with no stream left and no report', async () => {
    const stop = new AbortController();
    const output = path.join(folder, 'stopped');
    const running = ops(
      `bedrock probe --quick --yes --endpoint ${sonic.url} --output ${path.relative(project.folder, output)}`,
      {
        folder: project.folder,
        signal: stop.signal,
      },
    );
    await sonic.waitForSession(() => sonic.sessions.length >= 5, 20_000);
    stop.abort('SIGINT');
    const ran = await running;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain('bedrock probe interrupted: ');
    await eventually(() => sonic.connections === 0, 'no connection is left', 30_000);
    expect(existsSync(path.join(output, 'report.md'))).toBe(false);
  });
});

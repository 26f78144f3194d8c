import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseRecording, RECORDING_SUFFIX } from '../../../../contract/model-recordings';
import type { Script } from '../../../../evals/scenario';
import { cassetteText, MAX_CASSETTE_BYTES, toolResultsIn } from '../../../../testbed/programs/eval/cassettes';
import { findJobs, type Job } from '../../../../testbed/programs/eval/jobs';
import { WRITTEN_HEAD } from '../../../support/stream-head';

const AGENTS = path.join(__dirname, '../../../../agents');
const KEPT = readdirSync(AGENTS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith(RECORDING_SUFFIX))
  .map((file) => path.join(AGENTS, file));

describe('the recordings that are kept with the agents', () => {
  const texts = KEPT.map((file) => readFileSync(file, 'utf8'));

  it('are small', () => {
    const sizes = KEPT.map((file) => statSync(file).size);
    expect(Math.max(...sizes)).toBeLessThan(MAX_CASSETTE_BYTES);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(5_000_000);
  });

  it('have no keys, accounts, tokens or secrets of tools in them', () => {
    const shapes = [
      /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
      /arn:aws/,
      /\bBearer /i,
      /x-amz-security-token/i,
      /not-to-be-seen/,
      /-----BEGIN/,
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    ];
    for (const text of texts) for (const shape of shapes) expect(text).not.toMatch(shape);
  });

  it('say where they are from, and are of a scenario that is there', () => {
    const jobs = findJobs({ agents: [], only: undefined, mode: 'replay' }) as readonly Job[];
    for (const [at, file] of KEPT.entries()) {
      const agent = path.basename(path.dirname(path.dirname(file)));
      const name = path.basename(file).replace(/-\d+\.nova\.jsonl$/, '');
      const { head } = parseRecording(texts[at] ?? '');
      expect(head.source).toMatch(/^(live|stand-in)$/);
      expect(jobs.map((job) => `${job.agent} ${job.scenario.id.replace('/', '.')}`)).toContain(`${agent} ${name}`);
    }
  });
});

const SCRIPT: Script = {
  kind: 'script',
  id: 'a/b',
  name: 'b',
  file: 'a.yaml',
  user: { modality: 'audio' },
  turns: [
    { user: 'Hello.', expect: [] },
    { expect: [] },
    { audio: 'bye.wav', expect: [] },
    { dtmf: '12#', expect: [] },
  ],
};
const HEAD = { ...WRITTEN_HEAD, source: 'stand-in', model: 'nova' };
const tool = (content: string): object[] => [
  { t: 1, dir: 'out', event: { toolUse: { toolUseId: 'tool-1', content: '{}' } } },
  {
    t: 2,
    dir: 'in',
    event: {
      contentStart: { contentName: 'c', type: 'TOOL', toolResultInputConfiguration: { toolUseId: 'tool-1' } },
    },
  },
  { t: 2, dir: 'in', event: { toolResult: { contentName: 'c', content } } },
];
const END = { t: 9, dir: 'out', event: { streamEnd: { kind: 'closed' } } };
const written = (...lines: object[]): string => [HEAD, ...lines].map((line) => JSON.stringify(line)).join('\n');

describe('a stream that is to be kept', () => {
  it('tells what the caller does, and gives no two tool uses of a call one id', () => {
    const { head, lines } = parseRecording(cassetteText(written(...tool('{"a":1}'), END), SCRIPT, 2, []));
    expect(head.caller).toEqual(['says Hello.', 'listens', 'plays bye.wav', 'presses 12#']);
    expect(toolResultsIn({ head, lines })).toEqual([['tool-2.1', { a: 1 }]]);
  });

  it('answers for a tool only where it did not fail', () => {
    const recording = parseRecording(cassetteText(written(...tool('{"error":"closed"}'), END), SCRIPT, 1, []));
    expect(toolResultsIn(recording)).toEqual([]);
  });

  it.each([
    ['was cut off', written(...tool('{}'))],
    ['a secret of a tool', written(...tool('{"a":"s3cr3t"}'), END)],
    ['more than', written(...tool(JSON.stringify({ a: 'x'.repeat(MAX_CASSETTE_BYTES) })), END)],
    ['line 1', ''],
  ])('is refused: %s', (rule, text) => {
    expect(() => cassetteText(text, SCRIPT, 1, ['s3cr3t'])).toThrow(rule);
  });
});

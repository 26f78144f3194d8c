import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { about, ops, type RunOptions } from '../../ops/support/cli';
import { FAKE_CREDENTIALS, FakeConverse } from '../../../testbed/fakes/bedrock';
import { Environment } from '../../e2e/support/environment';

const KEY = 'a-start-key-that-opens-calls-0123456789';
const ROOT = path.join(__dirname, '../../..');

let env: Environment;
let folder: string;
const run = (scenario: string, key: string | undefined, ...more: readonly string[]) => {
  const options: RunOptions = { folder: ROOT, env: { START_API_KEY: key }, secrets: [KEY] };
  return ops(['eval', 'assistant', '--url', env.baseUrl, '--scenario', scenario, '--json', ...more], options);
};

beforeAll(async () => {
  env = await Environment.start({ env: { START_API_KEY: KEY }, sandbox: { speechScale: 2 } });
  folder = mkdtempSync(path.join(tmpdir(), 'evals-'));
});
afterAll(async () => {
  await env.stop();
  rmSync(folder, { recursive: true });
});

it('calls a deployed bot by a scenario: what is heard is judged, the words of another model and the log are not', async () => {
  const results = path.join(folder, 'results.jsonl');
  const ran = await run('caller_leaves_in_mid_answer', KEY, '--results', results);
  expect(ran.code).toBe(0);
  expect(about(ran, 'assistant: conversation/caller_leaves_in_mid_answer')).toMatchObject([{ status: 'ok' }]);
  expect(about(ran, 'log_has')).toMatchObject([{ section: 'Not judged', text: "the bot's log is not at hand (1 ×)" }]);
  expect(about(ran, 'greeting')).toMatchObject([{ data: { count: 1 } }]);
  const line = JSON.parse(readFileSync(results, 'utf8')) as Record<string, unknown>;
  expect(line).toMatchObject({ passed: true, nova: { mode: 'deployed', outcome: 'pass', not_judged: 1 } });
});

it('passes where the bot refuses as a scenario expects, and cannot be held without the key', async () => {
  expect((await run('variable_of_nobodys_is_refused', KEY)).code).toBe(0);
  const refused = await run('greets_once', undefined);
  expect(refused.code).toBe(3);
  expect(refused.json.findings[0]).toMatchObject({ status: 'unknown', text: expect.stringContaining('401') as string });
});

it('has criteria judged by a model of the operator, two calls at once, and draws a page of them', async () => {
  const judge = await FakeConverse.open({
    answers: [{ kind: 'tool', input: { verdict: 'yes', quote: 'place', reason: 'It asks.' } }],
  });
  const html = path.join(folder, 'page');
  const options: RunOptions = {
    folder: ROOT,
    env: {
      START_API_KEY: KEY,
      EVAL_TEXT_ENDPOINT_URL: judge.url,
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
    },
    secrets: [KEY],
  };
  const asked = 'eval assistant --scenario asks_back_where --concurrency 2 --judge-model amazon.nova-lite-v1:0 --json';
  const flags = ['--url', env.baseUrl, '--region', 'eu-north-1', '--html', html];
  const ran = await ops([...asked.split(' '), ...flags], options);
  await judge.close();
  expect(ran.code).toBe(0);
  expect(judge.requests).toHaveLength(1);
  expect(about(ran, 'assistant: live/asks_back_where_the_place_is_missing')).toMatchObject([{ status: 'ok' }]);
  expect(readFileSync(path.join(html, 'index.html'), 'utf8')).toContain('judge: amazon.nova-lite-v1:0');
});

it('is a mistake of whoever types it: no such agent, no such scenario', async () => {
  expect((await run('no_such_scenario', KEY)).code).toBe(2);
  expect((await ops('eval nobody --url http://127.0.0.1:1 --json', { folder: ROOT })).code).toBe(2);
});

import { z } from 'zod';
import type { Caller } from '../../../smoke/caller';
import { FakeFunctions } from '../../../testbed/fakes/aws';
import { json, localServer } from '../../bot/tools/support/local-server';
import { Environment } from '../../e2e/support/environment';
import { eventually } from '../../support/eventually';
import { releaseWebRtc } from '../../support/release-webrtc';
import { McpFake } from '../../bot/tools/support/mcp-fake';

/* agents/clinic from the first word to the last, offline: the model's stand-in, a real HTTP API, Lambda's Invoke API and the
   MCP SDK's own server, all on loopback. */
const CLINIC_KEY = 'clinic-key-0123456789';
const BILLING_TOKEN = 'billing-token-0123456789';

let environment: Environment;
let api: Awaited<ReturnType<typeof localServer>>;
let functions: FakeFunctions;
let billing: McpFake;
let caller: Caller;

beforeAll(async () => {
  api = await localServer((seen, response) => {
    const slots = [{ slot: '1', time: 'Monday at nine', doctorsPrivatePhone: '555-0199' }];
    const isKnown = seen.headers.authorization === `Bearer ${CLINIC_KEY}`;
    json(response, isKnown ? { slots, total: 1 } : {}, isKnown ? 200 : 401);
  });
  functions = await FakeFunctions.start({ 'clinic-book': () => ({ booked: true }) });
  billing = new McpFake({
    offer: (server) =>
      void server.registerTool(
        'get_bill',
        { description: 'A bill.', inputSchema: z.object({ number: z.string() }) },
        ({ number }) => ({
          content: [{ type: 'text', text: `Bill ${number} is paid.` }],
        }),
      ),
  });
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = functions.url;
  environment = await Environment.start({
    env: {
      AGENT: 'clinic',
      CLINIC_KEY,
      BILLING_TOKEN,
      TOOL_HOSTS: `api.clinic.example=${api.origin},billing.clinic.example=${await billing.start()}`,
    },
    sandbox: { speechScale: 10 },
  });
  caller = await environment.call({ startBody: { agent: 'clinic', variables: { patient: 'Maria Lopez' } } });
});
afterAll(async () => {
  await environment.stop();
  releaseWebRtc();
  await Promise.all([api.close(), functions.close(), billing.close()]);
  delete process.env['AWS_ENDPOINT_URL_LAMBDA'];
});

const results = (): string[] =>
  environment.sandbox.sessions.flatMap(({ toolResults }) => toolResults.map(({ content }) => content));
const said = (): string => JSON.stringify(caller.messages.map(({ message }) => message));

/** Types a line, and waits for the result of the tool that it calls. */
async function call(tool: string, args: object = {}): Promise<string> {
  const before = results().length;
  caller.sendText(`call ${tool} ${JSON.stringify(args)}`);
  await eventually(() => results().length > before, `a result of ${tool}`);
  return results()[before] ?? '';
}

describe('a call with the clinic', () => {
  it('is greeted in its words, by name', async () => {
    await eventually(() => said().includes('Welcome to the Riverside Clinic, Maria Lopez.'), 'the greeting');
  });

  it('hears of a free appointment that an API told, for a key that nobody else sees', async () => {
    expect(JSON.parse(await call('find_slot', { day: 'Monday' }))).toMatchObject({
      slots: [{ slot: '1', time: 'Monday at nine' }],
    });
    expect(api.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /slots/Monday']);
    expect(results().join()).not.toContain('555-0199');
  });

  it('books it by Lambda once it has said yes to what was read back, and once only', async () => {
    const booking = { slot: '1', time: 'Monday at nine', name: 'Maria Lopez' };
    expect(await call('book', booking)).toContain('Shall I book Monday at nine for Maria Lopez?');
    expect(functions.invocations).toEqual([]);
    // What the bot has not said to its end, nobody can agree to.
    const readBack = 'Shall I book Monday at nine for Maria Lopez?';
    await eventually(() => said().includes(readBack), 'the read-back');
    const from = caller.messages.findIndex(({ message }) => JSON.stringify(message).includes(readBack));
    await caller.waitForMessage('bot-stopped-speaking', 30_000, from);
    caller.sendText('Yes, please.');
    await eventually(() => results().includes('{"booked":true}'), 'the booking');
    expect(functions.invocations).toMatchObject([
      { name: 'clinic-book', payload: { tool: 'book', arguments: booking, variables: {} } },
    ]);
    await call('book', booking);
    expect(functions.invocations).toHaveLength(1);
  });

  it('is told the opening hours from the pages in its folder, with their source', async () => {
    const { passages } = JSON.parse(await call('opening_hours', { question: 'When is it open on Saturdays?' })) as {
      passages: { text: string; source: string }[];
    };
    expect(passages[0]?.text).toContain('nine to twelve');
    expect(passages[0]?.source).toContain('opening-hours');
  });

  it('is handed over to billing, which knows what was said and looks a bill up by MCP', async () => {
    caller.sendText('call billing {"reason":"a bill"}');
    await environment.log.waitFor('call handed over', { callId: caller.sessionId });
    expect(await call('look_up_bill', { number: '42' })).toContain('Bill 42 is paid.');
    expect(billing.requests.at(-1)?.authorization).toBe(`Bearer ${BILLING_TOKEN}`);
    const texts = environment.sandbox.sessions.at(-1)?.texts.map(({ text }) => text) ?? [];
    expect(texts.join('\n')).toContain('Monday at nine');
  });

  it('ends politely, and leaves no key anywhere', async () => {
    caller.sendText('call end_call {}');
    const { reason } = await environment.log.waitFor('call ended', { callId: caller.sessionId });
    expect(reason).toBe('agent-ended');
    const everything =
      said() +
      JSON.stringify(environment.log.lines) +
      JSON.stringify(environment.sandbox.sessions.map(({ texts }) => texts)) +
      results().join();
    for (const secret of [CLINIC_KEY, BILLING_TOKEN]) expect(everything).not.toContain(secret);
  });
});

import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallEvents } from '../../../bot/events';
import type { CallEventsOptions } from '../../../bot/events/call-events';
import { callEventSchema, type CallEvent } from '../../../contract/call-events';
import { A_CALL_RECORD } from '../../support/call-record';
import { eventually } from '../../support/eventually';
import { FakeClock } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';
import { json, localServer, type Seen } from '../tools/support/local-server';
import { NOTHING_HAPPENED } from '../../support/call-figures';

const KEY = 'a-key-of-sixteen-or-more';
const OTHER_KEY = 'the-key-that-was-before-it';
const CALL = A_CALL_RECORD.callId;
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'not-a-real-secret-of-anybody',
};

type Answer = (seen: Seen, response: ServerResponse) => void;
const take: Answer = (_seen, response) => response.writeHead(204).end();

let folder: string;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-events-'));
  Object.assign(process.env, CREDENTIALS);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const name of Object.keys(CREDENTIALS)) Reflect.deleteProperty(process.env, name);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Somebody who listens, and a call that is told to them. */
async function listening(answer: Answer, options: Partial<CallEventsOptions> = {}, path = '/hook') {
  const server = await localServer(answer);
  closing.push(server.close);
  const clock = new FakeClock();
  const telemetry = testTelemetry();
  const events = await CallEvents.open({
    bus: undefined,
    webhook: `${server.origin}${path}`,
    keys: [KEY],
    undelivered: mkdtempSync(join(folder, 'undelivered-')),
    endpointUrl: server.origin,
    region: 'eu-north-1',
    version: '1.2.3',
    privateNetworks: [],
    clock,
    telemetry,
    ...options,
  });
  if (events === undefined) throw new Error('nobody listens');
  const call = events.listening(telemetry).forCall(CALL, 'webrtc');
  const begin = (): void => call.record('callStarted', { transport: 'webrtc', agent: 'clinic' });
  const end = (reason = 'client-hung-up'): void => call.record('callEnded', { ...SUMMARY, reason });
  return { server, clock, telemetry, events, call, begin, end };
}

const SUMMARY = { ...NOTHING_HAPPENED, durationMs: 41_500.4, turns: 1 };

const eventOf = ({ body }: Seen): CallEvent => callEventSchema.parse(JSON.parse(body));
const metric = async (of: { telemetry: ReturnType<typeof testTelemetry> }, name: string): Promise<number> => {
  const text = await of.telemetry.prometheus.render();
  const found = [...text.matchAll(new RegExp(`^voice_agent_${name}(?:{[^}]*})? (\\d+)$`, 'gm'))];
  return found.reduce((sum, [, value]) => sum + Number(value), 0);
};
const undeliveredIn = (of: string): { why: string; destination: string; event: CallEvent }[] =>
  readdirSync(of)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(of, name), 'utf8')) as never);

describe('a webhook', () => {
  it('hears of a call from its start to its end, with what was kept of it', async () => {
    const { server, events, call, begin, end } = await listening(take);
    begin();
    call.record('callHandedOver', { from: 'clinic', to: 'bills', gapMs: 12 });
    events.recorded(A_CALL_RECORD);
    end();
    await eventually(() => server.seen.length === 3, 'three events');
    const told = server.seen.map(eventOf).sort((a, b) => (a.type < b.type ? 1 : -1));
    const common = {
      version: 1,
      callId: CALL,
      transport: 'webrtc',
      at: expect.stringMatching(/^2023-11-14T/) as string,
    };
    expect(told).toMatchObject([
      { ...common, type: 'call.started', agent: 'clinic' },
      { ...common, type: 'call.handed-over', from: 'clinic', to: 'bills' },
      { ...common, type: 'call.ended', reason: 'client-hung-up', durationMs: 41_500, record: A_CALL_RECORD },
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(3);
    await events.close(1_000);
  });

  it('is told of a failure by an event of its own, and of a call that nothing is kept of without a record', async () => {
    const { server, end } = await listening(take);
    end('model-failed');
    await eventually(() => server.seen.length === 2, 'two events');
    const told = server.seen.map(eventOf).sort((a, b) => (a.type < b.type ? 1 : -1));
    expect(told).toMatchObject([
      { type: 'call.failed', reason: 'model-failed' },
      { type: 'call.ended', reason: 'model-failed' },
    ]);
    expect(told[1]).not.toHaveProperty('record');
  });

  it('can prove who sent a request and when, with either key while they change', async () => {
    const { server, begin } = await listening(take, { keys: [KEY, OTHER_KEY] });
    begin();
    await eventually(() => server.seen.length === 1, 'an event');
    const { headers, body } = server.seen[0]!;
    const [time = '', ...signatures] = String(headers['voice-agent-signature']).split(',');
    expect(time).toBe('t=1700000001');
    const signed = [KEY, OTHER_KEY].map((key) => createHmac('sha256', key).update(`1700000001.${body}`).digest('hex'));
    expect(signatures).toEqual(signed.map((hex) => `v1=${hex}`));
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'voice-agent/1.2.3',
      'voice-agent-event': 'call.started',
      'voice-agent-event-id': eventOf(server.seen[0]!).id,
    });
  });

  it('is tried again after ever longer pauses while it fails, and gets the same event', async () => {
    const { server, clock, begin, ...of } = await listening((_seen, response) =>
      response.writeHead(server.seen.length <= 2 ? 503 : 200).end(),
    );
    begin();
    for (const failures of [1, 2]) {
      await eventually(async () => (await metric(of, 'call_event_failures_total')) === failures, 'a failure');
      clock.advance(499 * failures);
      expect(server.seen).toHaveLength(failures);
      clock.advance(501 * failures);
    }
    await eventually(async () => (await metric(of, 'call_events_delivered_total')) === 1, 'delivered');
    expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1);
    expect(of.telemetry.logged().filter(({ msg }) => msg === 'call event not delivered')).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that answers nothing is given up after five seconds, and tried again', async () => {
    const { server, clock, begin, ...of } = await listening(() => undefined);
    begin();
    await eventually(() => server.seen.length === 1, 'a request');
    clock.advance(5_000);
    await eventually(async () => (await metric(of, 'call_event_failures_total')) === 1, 'a failure');
    clock.advance(1_000);
    await eventually(() => server.seen.length === 2, 'another request');
    const closed = of.events.close(0);
    await clock.advanceAsync(1_000, 100);
    await closed;
  });

  it.each([
    ['that sends elsewhere is not followed', 302],
    ['that refuses is not asked again', 400],
  ])('%s: the event is among the undelivered ones', async (_what, status) => {
    const undelivered = mkdtempSync(join(folder, 'refused-'));
    const { server, begin, telemetry } = await listening(
      (_seen, response) => response.writeHead(status, { location: '/other' }).end(),
      { undelivered },
    );
    begin();
    await eventually(() => undeliveredIn(undelivered).length === 1, 'undelivered');
    expect(server.seen).toHaveLength(1);
    expect(undeliveredIn(undelivered)).toMatchObject([
      { destination: 'webhook', why: 'refused', event: { type: 'call.started', callId: CALL } },
    ]);
    const [name = ''] = readdirSync(undelivered);
    expect(statSync(join(undelivered, name)).mode & 0o077).toBe(0);
    await eventually(() => telemetry.lines.join('').includes('call event undelivered'), 'a log line');
  });

  it('is not reached at an address that tools must not reach, whatever its name', async () => {
    const { server, begin, ...of } = await listening(take);
    const events = await CallEvents.open({
      bus: undefined,
      webhook: server.origin.replace('http', 'https').replace('127.0.0.1', 'localhost'),
      keys: [KEY],
      undelivered: undefined,
      endpointUrl: undefined,
      region: 'eu-north-1',
      version: '1.2.3',
      privateNetworks: [],
      clock: of.clock,
      telemetry: of.telemetry,
    });
    events?.listening(of.telemetry).forCall('other', 'webrtc').record('callStarted', { transport: 'webrtc' });
    await eventually(async () => (await metric(of, 'call_event_failures_total')) === 1, 'a failure');
    expect(of.telemetry.lines.join('')).toContain('RefusedAddress');
    expect(server.seen).toEqual([]);
    const closed = events?.close(0);
    await of.clock.advanceAsync(1_000, 100);
    await closed;
    begin();
    await eventually(() => server.seen.length === 1, 'the other one');
  });

  it('that is away when the process ends keeps nobody waiting: what was to be told is undelivered', async () => {
    const undelivered = mkdtempSync(join(folder, 'closing-'));
    const { server, clock, events, begin, end } = await listening(() => undefined, { undelivered });
    begin();
    await eventually(() => server.seen.length === 1, 'a request');
    const closed = events.close(3_000);
    expect(events.close(3_000)).toBeInstanceOf(Promise);
    end();
    await clock.advanceAsync(3_000, 500);
    await closed;
    expect(
      undeliveredIn(undelivered)
        .map(({ event }) => event.type)
        .sort(),
    ).toEqual(['call.ended', 'call.started']);
  });
});

it('a record that is too long for an event is named by its key', async () => {
  const { server, events, end } = await listening(take);
  events.recorded({
    ...A_CALL_RECORD,
    turns: Array.from({ length: 400 }, () => ({ ...A_CALL_RECORD.turns[0]!, text: 'word '.repeat(200) })),
  });
  end();
  await eventually(() => server.seen.length === 1, 'an event');
  expect(eventOf(server.seen[0]!)).toMatchObject({
    type: 'call.ended',
    recordKey: `records/date=2026-11-27/agent=clinic/${CALL}.json`,
  });
  expect(server.seen[0]!.body.length).toBeLessThan(1_000);
});

it('nobody listens where neither a bus nor a webhook is set', async () => {
  const telemetry = testTelemetry();
  const nowhere = { bus: undefined, webhook: undefined, keys: [], undelivered: undefined, endpointUrl: undefined };
  const rest = { region: 'eu-north-1', version: '1', privateNetworks: [], clock: new FakeClock(), telemetry };
  expect(await CallEvents.open({ ...nowhere, ...rest })).toBeUndefined();
});

describe('an event bus', () => {
  const BUS = 'arn:aws:events:eu-north-1:111111111111:event-bus/calls';
  /** As EventBridge and SQS answer: strict about what they are asked. */
  const aws =
    (refuse: (asked: number) => string | undefined, queued: string[] = []): Answer =>
    ({ headers, body }, response) => {
      const [service, action] = String(headers['x-amz-target']).split('.');
      const isSigned = new RegExp(
        `^AWS4-HMAC-SHA256 Credential=AKIA\\w+/\\d{8}/eu-north-1/${service === 'AWSEvents' ? 'events' : 'sqs'}/aws4_request`,
      ).test(headers.authorization ?? '');
      if (!isSigned) {
        json(response, { __type: 'com.amazon#MissingAuthenticationToken' }, 403);
        return;
      }
      const said = JSON.parse(body) as Record<string, unknown>;
      if (action === 'SendMessage') {
        queued.push(String(said['MessageBody']));
        json(response, { MessageId: 'm' });
        return;
      }
      const [entry] = said['Entries'] as [Record<string, string>];
      expect(Object.keys(entry).sort()).toEqual(['Detail', 'DetailType', 'EventBusName', 'Source']);
      const code = refuse((asked += 1));
      const entries = [code === undefined ? { EventId: 'e' } : { ErrorCode: code, ErrorMessage: code }];
      if (code?.startsWith('!')) json(response, { __type: code.slice(1) }, 400);
      else json(response, { FailedEntryCount: code === undefined ? 0 : 1, Entries: entries });
    };
  let asked = 0;
  beforeEach(() => (asked = 0));

  it('hears events under their types, by signed requests', async () => {
    const { server, begin, ...of } = await listening(
      aws(() => undefined),
      { bus: BUS, webhook: undefined },
    );
    begin();
    await eventually(async () => (await metric(of, 'call_events_delivered_total')) === 1, 'delivered');
    const { Entries: entries } = JSON.parse(server.seen[0]!.body) as { Entries: Record<string, string>[] };
    expect(entries).toMatchObject([{ EventBusName: BUS, Source: 'voice-agent', DetailType: 'call.started' }]);
    expect(callEventSchema.parse(JSON.parse(entries[0]!['Detail']!))).toMatchObject({ type: 'call.started' });
  });

  it.each(['ThrottlingException', '!ThrottlingException', 'InternalFailure'])(
    'that answers with %s is asked again',
    async (code) => {
      const { clock, begin, ...of } = await listening(
        aws((times) => (times === 1 ? code : undefined)),
        { bus: BUS, webhook: undefined },
      );
      begin();
      await eventually(async () => (await metric(of, 'call_event_failures_total')) === 1, 'a failure');
      clock.advance(1_000);
      await eventually(async () => (await metric(of, 'call_events_delivered_total')) === 1, 'delivered');
    },
  );

  it.each(['MalformedDetail', '!AccessDeniedException'])(
    'that answers with %s is not: the event goes into the queue of undelivered ones',
    async (code) => {
      const queued: string[] = [];
      const undelivered = 'https://sqs.eu-north-1.amazonaws.com/111111111111/undelivered';
      const { begin, ...of } = await listening(
        aws(() => code, queued),
        { bus: BUS, webhook: undefined, undelivered },
      );
      begin();
      await eventually(async () => (await metric(of, 'call_events_undelivered_total')) === 1, 'undelivered');
      expect(JSON.parse(queued[0]!)).toMatchObject({ destination: 'bus', why: 'refused', event: { callId: CALL } });
    },
  );

  it('and a place for undelivered events that cannot be written to: the event is lost, and counted', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { begin, ...of } = await listening(
      aws(() => 'MalformedDetail'),
      { bus: BUS, webhook: undefined, undelivered: file },
    );
    begin();
    await eventually(async () => (await metric(of, 'call_events_lost_total')) === 1, 'lost');
    expect(of.telemetry.lines.join('')).toContain('call event lost');
  });
});

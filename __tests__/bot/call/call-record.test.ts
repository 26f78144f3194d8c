import { z } from 'zod';
import type { CallRecord } from '../../../contract/call-record';
import { recordsRule, type RecordsRule } from '../../../contract/call-record';
import { collect, handoff } from '../../../contract/agent';
import { createLogger } from '../../../bot/telemetry/logger';
import { createTelemetry } from '../../../bot/telemetry/telemetry';
import type { SpanAttributes, Tracing } from '../../../bot/telemetry/tracing';
import { defineTool } from '../../../bot/tools/tool';
import { callAgent } from '../../support/call-agents';
import { FakeClock, settle } from '../../support/fake-clock';
import { keptRecords } from '../records/support/kept-call';
import { setup } from './support/call-setup';

const OTHER = callAgent(new FakeClock(), { name: 'billing', records: recordsRule({ level: 'metadata' }) });
const WORDS: RecordsRule = { level: 'transcript', consent: 'none', toolContent: true };

const DECLARED = {
  pin: collect({ asks: 'your PIN', value: 'digits', length: 4, isSecret: true }),
  to_billing: handoff({ to: 'billing', description: 'For bills.' }),
};
const find = defineTool({
  name: 'find',
  description: 'Finds a patient.',
  schema: z.object({ name: z.string() }),
  timeoutMs: 5_000,
  rules: { private: ['phone'] },
  run: () => Promise.resolve({ patient: 'Ada Lovelace', phone: '+14155550142' }),
});

/** Telemetry of a call, and all that it says in its log and its trace. */
function listenedTo() {
  const told: string[] = [];
  const spans: { readonly name: string; readonly attributes: SpanAttributes | undefined }[] = [];
  const tell = (...what: readonly unknown[]): void => void told.push(JSON.stringify(what));
  const tracing: Tracing = {
    startCall: (attributes) => {
      tell(attributes);
      return {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        span: (name, lastedMs, attributes) => {
          spans.push({ name, attributes });
          tell(name, lastedMs, attributes);
        },
        end: (attributes) => {
          spans.push({ name: 'call', attributes });
          tell(attributes);
        },
      };
    },
    close: () => Promise.resolve(),
  };
  const destination = { write: (line: string) => void told.push(line) };
  const logger = createLogger({ level: 'trace', version: 'test', destination });
  return { told, spans, telemetry: createTelemetry({ logger, tracing }) };
}

/** A call of which so much is kept, in which the greeting has been heard. */
async function keptCall(rule: RecordsRule, tracesContent = false) {
  const all: ReturnType<typeof keptRecords>[] = [];
  const keeps = (clock: FakeClock) => {
    all.push(keptRecords(clock, { tracesContent }));
    return all[0]?.records;
  };
  const { told, spans, telemetry } = listenedTo();
  const speaks = { records: recordsRule(rule) };
  const inCall = setup({}, { tools: [find], declared: DECLARED, others: [OTHER], speaks, keeps, telemetry });
  const [kept] = all;
  if (kept === undefined) throw new Error('nobody keeps it');
  const { call, clock, transport, model } = inCall;
  void call.start();
  transport.connect();
  transport.clientReady();
  await settle();
  model.only.speak('Hello, this is the clinic.', 1_000);
  await clock.advanceAsync(1_200);
  let uses = 0;
  return {
    ...inCall,
    ...kept,
    /** What the call and its records put into the log, and into its trace. */
    told: () => [...told, ...kept.log].join('\n'),
    /** What its spans say of what was said, in order. */
    contents: () =>
      spans.flatMap(({ name, attributes = {} }) => {
        const content = Object.entries(attributes).filter(([key]) => /[.](messages|arguments|result)$/.test(key));
        return content.length === 0
          ? []
          : [[name, Object.fromEntries(content.map(([key, json]) => [key, JSON.parse(String(json)) as unknown]))]];
      }),
    session: model.only,
    /** The caller speaks for half a second, and is quiet for another. */
    say: async (text: string) => {
      for (let at = 0; at < 1_000; at += 20) {
        transport.hear(20, at < 500 ? 8_000 : 0);
        await clock.advanceAsync(20);
      }
      model.only.events.onTranscript({ role: 'user', text, stage: 'final' });
    },
    press: (keys: string) =>
      transport.receive({ label: 'rtvi-ai', type: 'dtmf', id: '9', data: { buttons: keys.split('') } }),
    use: async (name: string, args: object = {}) => {
      uses += 1;
      model.only.events.onToolUse({ toolUseId: `use-${uses}`, name, argumentsJson: JSON.stringify(args) });
      await settle();
    },
    hangUp: async (): Promise<CallRecord> => {
      await call.close('operator');
      await settle();
      return kept.only();
    },
  };
}

const texts = ({ turns }: CallRecord) => turns.map(({ by, text }) => `${by}: ${text ?? '-'}`);

describe('the record of a call', () => {
  it('says who said what and when, and how it ended', async () => {
    const { say, session, clock, hangUp } = await keptCall(WORDS);
    await say('I need an appointment.');
    await clock.advanceAsync(400);
    session.speak('For which day? ', 500);
    session.speak('We are open all week.', 500);
    await clock.advanceAsync(2_000);
    const record = await hangUp();
    expect(record).toMatchObject({
      callId: 'call-1',
      agent: 'test',
      ended: true,
      end: { reason: 'operator' },
      level: 'transcript',
    });
    expect(record.caller).toMatch(/^caller-/);
    expect(texts(record)).toEqual([
      'bot: Hello, this is the clinic.',
      'caller: I need an appointment.',
      'bot: For which day?  We are open all week.',
    ]);
    const [greeting, asked, answer] = record.turns;
    expect(greeting).toMatchObject({ startMs: 0, endMs: 1_000, via: 'voice', agent: 'test' });
    expect(asked).toMatchObject({ startMs: 1_240, endMs: 1_680, via: 'voice' });
    expect(answer?.answer).toEqual({ answerMs: 920, endpointingMs: 920, modelMs: 0, playoutMs: 0 });
    expect(Date.parse(record.endedAt ?? '') - Date.parse(record.startedAt)).toBe(record.durationMs);
  });

  it('has of an answer that was cut off the words that were heard', async () => {
    const { session, clock, hangUp, say } = await keptCall(WORDS);
    session.speak('On Monday I can offer nine in the morning.', 4_000);
    await clock.advanceAsync(2_000);
    session.events.onInterrupted('caller');
    await say('Not Monday.');
    const record = await hangUp();
    expect(texts(record).slice(1)).toEqual(['bot: On Monday I can offer', 'caller: Not Monday.']);
    expect(record.turns[1]).toMatchObject({ isCut: true });
    expect(session.heardByCaller.at(-1)).toBe('On Monday I can offer');
  });

  it('keeps what is typed and what is shown, and recordings of the bot', async () => {
    const { session, transport, clock, hangUp } = await keptCall(WORDS);
    const typed = (content: string) => ({ content, options: { run_immediately: true, audio_response: false } });
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '7', data: typed('Where are you?') });
    session.events.onTurnStarted();
    session.events.onTranscript({ role: 'assistant', text: 'In London.', stage: 'speculative' });
    session.events.onTurnEnded(false);
    await clock.advanceAsync(500);
    session.fail();
    await clock.advanceAsync(4_000);
    await settle();
    const record = await hangUp();
    expect(record.turns.slice(1)).toMatchObject([
      { by: 'caller', via: 'text', text: 'Where are you?' },
      { by: 'bot', via: 'text', text: 'In London.' },
      { by: 'bot', via: 'notice', startMs: 1_700, endMs: 3_700 },
    ]);
    expect(record.turns.at(-1)?.text).toMatch(/connection/);
    expect(record.end).toEqual({ reason: 'model-failed', errorCode: 'model_unavailable' });
  });

  it('has of a tool what its agent asks for, without what is private', async () => {
    const { use, hangUp } = await keptCall(WORDS);
    await use('find', { name: 'Ada' });
    const { tools } = await hangUp();
    expect(tools).toMatchObject([
      { name: 'find', agent: 'test', outcome: 'ok', arguments: { name: 'Ada' }, result: { patient: 'Ada Lovelace' } },
    ]);
    expect(JSON.stringify(tools)).not.toContain('4155550142');
  });

  it('masks a secret that is pressed, and what is said meanwhile', async () => {
    const { use, press, say, clock, hangUp, told } = await keptCall(WORDS);
    await use('pin');
    await say('It is four seven one one.');
    press('4711#');
    await clock.advanceAsync(100);
    await say('Done.');
    press('12');
    await clock.advanceAsync(2_100);
    const record = await hangUp();
    expect(record.turns.slice(1)).toMatchObject([
      { by: 'caller', via: 'voice', isSecret: true },
      { by: 'caller', via: 'keys', isSecret: true },
      { by: 'caller', via: 'voice', text: 'Done.' },
      { by: 'caller', via: 'keys', text: '12' },
    ]);
    expect(JSON.stringify([record, told()])).not.toMatch(/4711|four seven/);
  });

  it('has again what is said a minute after a secret that is never pressed; its keys stay one', async () => {
    const { use, press, say, clock, hangUp, told } = await keptCall(WORDS);
    await use('pin');
    await clock.advanceAsync(57_000, 100);
    await say('It is four seven one one.');
    await clock.advanceAsync(2_100);
    await say('I have lost it.');
    press('47');
    await say('Four seven and then.');
    press('11#');
    await clock.advanceAsync(100);
    const { turns } = await hangUp();
    expect(turns.filter(({ by }) => by === 'caller')).toMatchObject([
      { via: 'voice', isSecret: true },
      { via: 'voice', text: 'I have lost it.' },
      { via: 'voice', isSecret: true },
      { via: 'keys', isSecret: true },
    ]);
    expect(JSON.stringify([turns, told()])).not.toMatch(/47|11#|[Ff]our seven/);
  });

  it('has again what is said once the agent goes on without the secret, and not for a tool called beside it', async () => {
    const { use, say, press, clock, hangUp } = await keptCall(WORDS);
    await say('I want to pay.');
    await use('pin');
    await use('find', { name: 'Ada' });
    await say('I do not have it here.');
    await use('find', { name: 'Ada' });
    await say('By name, then.');
    press('47');
    await use('find', { name: 'Ada' });
    await clock.advanceAsync(2_100);
    const { turns } = await hangUp();
    expect(turns.slice(1)).toMatchObject([
      { text: 'I want to pay.' },
      { via: 'voice', isSecret: true },
      { via: 'voice', text: 'By name, then.' },
      { via: 'keys', isSecret: true },
    ]);
  });

  it('goes on at the level of whoever has the call, where that is lower', async () => {
    const { use, session, say, hangUp } = await keptCall(WORDS);
    await say('A word for the clinic.');
    await use('to_billing', { reason: 'A bill.' });
    session.events.onHandedOver(32);
    await say('A word for billing.');
    const record = await hangUp();
    expect(record).toMatchObject({ agent: 'test', askedLevel: 'transcript', level: 'metadata' });
    expect(record.handoffs).toMatchObject([{ from: 'test', to: 'billing', gapMs: 32 }]);
    expect(texts(record).slice(1)).toEqual(['caller: A word for the clinic.', 'caller: -']);
  });

  it('has the waits in which the caller heard nobody', async () => {
    const { session, say, clock, hangUp } = await keptCall(WORDS);
    await say('And now?');
    await clock.advanceAsync(2_400);
    session.speak('Now.', 200);
    await clock.advanceAsync(500);
    const { waits } = await hangUp();
    expect(waits).toEqual([{ startMs: 1_680, durationMs: 2_500, for: 'model' }]);
  });
});

describe('the record of a call that goes on', () => {
  it('is written every 30 s, and says that the call has not ended', async () => {
    const { clock, only, place, hangUp } = await keptCall(WORDS);
    await clock.advanceAsync(28_700, 100);
    expect(place.objects.size).toBe(0);
    await clock.advanceAsync(200);
    expect(only()).toMatchObject({ ended: false, sequence: 1, durationMs: 30_000 });
    expect(only().end).toBeUndefined();
    expect((await hangUp()).sequence).toBe(2);
  });

  it('has times that no step of the clock moves', async () => {
    const { clock, say, hangUp } = await keptCall(WORDS);
    const before = clock.epochMs.bind(clock);
    clock.epochMs = () => before() - 3_600_000;
    await say('Good morning.');
    const { startedAt, endedAt = '', durationMs, turns } = await hangUp();
    expect(Date.parse(endedAt) - Date.parse(startedAt)).toBe(durationMs);
    for (const { startMs, endMs } of turns) expect(startMs).toBeLessThanOrEqual(endMs);
    expect(turns.at(-1)?.endMs).toBeLessThanOrEqual(durationMs);
  });
});

describe('the spans of a call', () => {
  /** A question, an answer that is cut off, a tool, a secret, and last words. */
  async function talk(rule: RecordsRule, tracesContent?: boolean) {
    const kept = await keptCall(rule, tracesContent);
    const { say, session, clock, use, press, hangUp } = kept;
    await say('When are you open?');
    session.speak('On Monday I can offer nine in the morning.', 4_000);
    await clock.advanceAsync(2_000);
    session.events.onInterrupted('caller');
    await say('I am Ada.');
    await use('find', { name: 'Ada' });
    await use('pin');
    press('4711#');
    await say('Goodbye.');
    return { ...kept, record: await hangUp() };
  }
  const text = (content: string) => [{ type: 'text', content }];

  it('have the words of its record where they are asked for, cut where the caller cut them, and no secret', async () => {
    const { contents, told, record } = await talk(WORDS, true);
    const tool = {
      'gen_ai.tool.call.arguments': { name: 'Ada' },
      'gen_ai.tool.call.result': { patient: 'Ada Lovelace' },
    };
    expect(contents()).toMatchObject([
      [
        'turn',
        {
          'gen_ai.output.messages': [
            { role: 'assistant', parts: text('Hello, this is the clinic.'), finish_reason: 'stop' },
          ],
        },
      ],
      [
        'turn',
        {
          'gen_ai.input.messages': [{ role: 'user', parts: text('When are you open?') }],
          'gen_ai.output.messages': [
            { role: 'assistant', parts: text('On Monday I can offer'), finish_reason: 'interrupted' },
          ],
        },
      ],
      ['execute_tool find', tool],
      ['execute_tool pin', {}],
      [
        'call',
        {
          'gen_ai.input.messages': [
            { role: 'user', parts: text('I am Ada.') },
            { role: 'user', parts: text('Goodbye.') },
          ],
        },
      ],
    ]);
    expect(told()).not.toMatch(/4711|4155550142/);
    expect(record.turns.map((turn) => turn.text)).toContain('On Monday I can offer');
  });

  it.each([
    ['nobody asks for them', WORDS, false],
    ['its record has none', { ...WORDS, level: 'metadata' }, true],
    ['the caller has not agreed', { ...WORDS, consent: 'ask' }, true],
  ] as const)('have no words where %s', async (_why, rule, tracesContent) => {
    const { contents, told } = await talk(rule, tracesContent);
    expect(contents()).toEqual([]);
    expect(told()).toMatch(/execute_tool find/);
    expect(told()).not.toMatch(/Ada|Monday|clinic|open|4711/);
  });
});

describe('no word and no digit of a caller', () => {
  it.each([
    ['none', {}],
    ['metadata', {}],
    ['transcript', { consent: 'ask' }],
  ] as const)('is kept, logged or traced at level %s %j, before it is agreed to', async (level, consent) => {
    const kept = await keptCall({ level, ...consent }, true);
    const { use, say, press, clock, call, place, told, session, transport } = kept;
    await say('My name is Ada Lovelace.');
    await use('find', { name: 'Ada Lovelace' });
    press('5309');
    session.speak('Thank you, Ada Lovelace.', 500);
    await clock.advanceAsync(3_000);
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '7', data: { content: 'I am Ada Lovelace' } });
    await clock.advanceAsync(31_000, 100);
    await call.close('operator');
    await settle();
    expect(place.objects.size).toBe(level === 'none' ? 0 : 1);
    expect(told()).toMatch(/execute_tool find[^]*call ended/);
    expect(place.everything + told()).not.toMatch(/Ada|Lovelace|5309|Thank you|Hello/);
  });
});

import type { CallRecorder } from '../../../bot/records';
import { recordsRule, type RecordsRule } from '../../../contract/call-record';
import { Redactor } from '../../../contract/redactor';
import { NOTHING_HAPPENED } from '../../support/call-figures';
import { FakeClock, settle } from '../../support/fake-clock';
import { keptRecords } from './support/kept-call';

const FIGURES = { ...NOTHING_HAPPENED, durationMs: 1 };
const startedAt = '2026-11-27T09:30:00.000Z';

/** A bot whose calls a test tells of. */
function bot(given: Parameters<typeof keptRecords>[1] = {}) {
  const clock = new FakeClock();
  // No clock of a machine shows whole milliseconds.
  clock.advance(0.4);
  const kept = keptRecords(clock, given);
  const call = (callId: string, rule: RecordsRule = {}, figures = () => FIGURES) => {
    const agent = { name: 'clinic', language: 'en-GB', records: recordsRule(rule) };
    const about = { callId, agent, transport: 'webrtc', caller: undefined, startedAt, figures };
    const recorder = kept.records.call(about);
    if (recorder === undefined) throw new Error('it is not kept');
    const telemetry = recorder.listening(kept.telemetry.forCall(callId, 'webrtc'));
    return { recorder, telemetry, end: () => telemetry.record('callEnded', { reason: 'operator', ...FIGURES }) };
  };
  return { clock, ...kept, call };
}

const speak = (recorder: CallRecorder, clock: FakeClock, text: string): void => {
  const startMs = clock.nowMs();
  clock.advance(700.3);
  recorder.botSaid({ text, via: 'voice', startMs, endMs: clock.nowMs(), isCut: false });
};

describe('words of a call', () => {
  it('are kept from the moment that the caller was told, until they want it no more', async () => {
    const { clock, call, only } = bot();
    const { recorder, end } = call('one', { level: 'transcript', consent: 'ask' });
    expect(recorder.consent).toEqual({ mode: 'ask', outcome: 'pending' });
    recorder.callerSaid('before', 'voice');
    clock.advance(5_000.3);
    recorder.consentIs('agreed');
    recorder.callerSaid('meanwhile', 'text');
    recorder.consentIs('stopped');
    recorder.callerSaid('after', 'keys');
    end();
    await settle();
    const { turns, consent, level } = only();
    expect(turns.map(({ text }) => text)).toEqual([undefined, 'meanwhile', undefined]);
    expect([consent, level]).toEqual([{ mode: 'ask', outcome: 'stopped', atMs: 5_000 }, 'metadata']);
  });

  it('have no secret of the process in them, nor what tools were told', async () => {
    const redactor = { clean: (text: string) => text.replaceAll('hunter22', '[secret]') };
    const { call, only, clock } = bot({ redactor });
    const { recorder, telemetry, end } = call('one', { level: 'transcript', consent: 'none', toolContent: true });
    speak(recorder, clock, 'It is hunter22.');
    recorder.toolContent(() => ({ arguments: { key: 'hunter22' }, result: 'x'.repeat(100) }));
    telemetry.record('toolCall', { tool: 'find', outcome: 'ok', durationMs: 3.4 });
    recorder.toolContent(() => ({ result: 'x'.repeat(600_000) }));
    telemetry.record('toolCall', { tool: 'find', outcome: 'ok', durationMs: 3.4 });
    end();
    await settle();
    const { turns, tools, dropped } = only();
    expect(JSON.stringify([turns, tools])).not.toContain('hunter22');
    expect(tools.map(({ result }) => typeof result)).toEqual(['string', 'undefined']);
    expect(dropped.events).toBe(1);
  });
});

describe('words that come late', () => {
  /** The caller speaks for two seconds, `during` comes in the middle, and the words half a second after the end. */
  const spokenAcross = async (rule: RecordsRule, during: (recorder: CallRecorder) => void) => {
    const { clock, call, only } = bot();
    const { recorder, end } = call('one', rule);
    clock.advance(1_000);
    recorder.secretAsked(rule.consent === 'none');
    recorder.callerVoice(true, clock.nowMs());
    clock.advance(1_000);
    during(recorder);
    clock.advance(1_000);
    recorder.callerVoice(false, clock.nowMs());
    clock.advance(500);
    recorder.callerSaid('four seven one one', 'voice');
    recorder.callerVoice(true, clock.nowMs());
    recorder.callerSaid('and thank you', 'voice');
    end();
    await settle();
    return only().turns.map(({ text, isSecret = false }) => ({ text, isSecret }));
  };

  it('and were said while a secret was asked for are the secret', async () => {
    expect(
      await spokenAcross({ level: 'transcript', consent: 'none' }, (recorder) => recorder.secretAsked(false)),
    ).toEqual([
      { text: undefined, isSecret: true },
      { text: 'and thank you', isSecret: false },
    ]);
  });

  it('and were said before the announcement was heard are not kept', async () => {
    const said = await spokenAcross({ level: 'transcript' }, (recorder) => recorder.consentIs('announced'));
    expect(said.map(({ text }) => text)).toEqual([undefined, 'and thank you']);
  });
});

describe('what tools were told and answered', () => {
  const called = async (content: () => object, before: (recorder: CallRecorder) => void = () => undefined) => {
    const redactor = new Redactor();
    redactor.hide('123456');
    const { call, only, log } = bot({ redactor });
    const { recorder, telemetry, end } = call('one', { level: 'transcript', consent: 'none', toolContent: true });
    before(recorder);
    recorder.toolContent(content);
    telemetry.record('toolCall', { tool: 'find', outcome: 'ok', durationMs: 3 });
    recorder.callerSaid('and on', 'text');
    end();
    await settle();
    return { log: log.join(''), ...only() };
  };
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

  it.each([
    ['a number that a secret is part of', { result: { patient: 'Jane', number: 1_234_567 } }],
    ['lists in lists without an end', { result: nested(32_000) }],
  ])('%s: is left out and counted, and the record goes on', async (_, content) => {
    const { tools, turns, dropped, log } = await called(() => content);
    expect(tools).toEqual([{ name: 'find', agent: 'clinic', startMs: 0, durationMs: 3, outcome: 'ok' }]);
    expect([turns.map(({ text }) => text), dropped.events]).toEqual([['and on'], 1]);
    expect(log).not.toMatch(/broken off|Jane|patient/);
  });

  it('is kept no more once an agent has the call that does not ask for it', async () => {
    const records = recordsRule({ level: 'transcript', consent: 'none' });
    const { tools } = await called(
      () => ({ result: 'x' }),
      (recorder) => recorder.handedTo({ name: 'bills', records }),
    );
    expect(tools.map(({ result }) => result)).toEqual([undefined]);
  });
});

it('nobody is told of a recording that an agent who has taken the call does not want', () => {
  const { recorder } = bot().call('one', { level: 'recording', consent: 'ask' });
  recorder.handedTo({ name: 'bills', records: recordsRule({ level: 'none' }) });
  expect([recorder.consent, recorder.level]).toEqual([{ mode: 'ask', outcome: 'not-needed' }, 'metadata']);
  recorder.handedTo({ name: 'clinic', records: recordsRule({ level: 'transcript' }) });
  expect(recorder.level).toBe('metadata');
});

describe('a mistake in what is kept of a call', () => {
  it.each([
    ['at a flush', 1],
    ['at its end', 2],
  ])('%s costs the record, and the call does not hear of it', async (_, fails) => {
    const { clock, call, log, place } = bot();
    let asked = 0;
    const { end, recorder } = call('one', {}, () => {
      asked += 1;
      if (asked >= fails) throw new Error('a mistake');
      return FIGURES;
    });
    clock.advance(30_000);
    await settle();
    expect(end).not.toThrow();
    recorder.callerSaid('still there', 'voice');
    clock.advance(120_000);
    await settle();
    expect(log.filter((line) => line.includes('call record broken off'))).toHaveLength(1);
    expect(log.join('')).toContain('"msg":"call ended"');
    expect(place.objects.size).toBe(fails - 1);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('forty calls at once while S3 refuses for five minutes', () => {
  it('lose nothing, wait for nobody, and all are there a minute later', async () => {
    const { clock, call, place, all, metrics } = bot();
    place.refuses = new Error('SlowDown');
    const calls = Array.from({ length: 40 }, (_, n) => call(`call-${n}`, { level: 'transcript', consent: 'none' }));
    for (let minute = 0; minute < 5; minute += 1) {
      for (const { recorder } of calls) speak(recorder, clock, `Minute ${minute}.`);
      await clock.advanceAsync(32_000, 1_000);
    }
    for (const { end } of calls.slice(0, 20)) end();
    expect(place.objects.size).toBe(0);
    place.refuses = undefined;
    await clock.advanceAsync(60_000, 1_000);
    expect(all()).toHaveLength(40);
    expect(all().filter(({ ended }) => ended)).toHaveLength(20);
    for (const { turns } of all()) expect(turns[0]?.text).toContain('Minute 4.');
    expect(await metrics()).not.toContain('call_records_dropped_total{');
    for (const { end } of calls) end();
  });
});

import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { rms } from '../../../bot/audio';
import { RecordingFile } from '../../../bot/records/recording/recording-file';
import { collect, stopRecording } from '../../../contract/agent';
import { recordsRule, type RecordsRule } from '../../../contract/call-record';
import { SPEECH } from '../../../contract/languages/en';
import { settle } from '../../support/fake-clock';
import { decodedRecording } from '../records/recording/support/decoded-recording';
import { keptRecords } from '../records/support/kept-call';
import { heardRecording, setup } from './support/call-setup';

const TOLD = SPEECH.notices['call-recorded'];
const ASKED = SPEECH.notices['may-we-record'];
const DECLARED = {
  no_recording: stopRecording(),
  pin: collect({ asks: 'your PIN', value: 'digits', length: 4, isSecret: true }),
};

/** A call whose agent wants that much kept; the model has been asked to greet. */
async function begun(rule: RecordsRule) {
  await RecordingFile.begin();
  let kept: ReturnType<typeof keptRecords> | undefined;
  const inCall = setup(
    {},
    {
      declared: DECLARED,
      speaks: { records: recordsRule(rule) },
      keeps: (clock) => (kept = keptRecords(clock)).records,
    },
  );
  const { call, clock, transport, model } = inCall;
  void call.start();
  // No clock stops at whole milliseconds.
  clock.stall(0.25);
  transport.connect();
  transport.clientReady();
  await settle();
  const recordingMessages = (): unknown[] =>
    transport.sent
      .filter(({ type, data }) => type === 'server-message' && (data as { type?: unknown }).type === 'recording')
      .map(({ data }) => (data as { isOn?: unknown }).isOn);
  return {
    ...inCall,
    session: model.only,
    recordingMessages,
    /** The caller is heard for so long, in time. */
    hear: async (ms: number) => {
      for (let at = 0; at < ms; at += 20) {
        transport.hear(20, 8_000);
        await clock.advanceAsync(20);
      }
      await RecordingFile.begin();
    },
    say: (text: string) => model.only.events.onTranscript({ role: 'user', text, stage: 'final' }),
    hangUp: async () => {
      const closed = call.close('operator');
      await clock.advanceAsync(2_000);
      await closed;
      await turnOfTheLoop();
      const record = kept?.only();
      const file = kept?.place.objects.get(record?.recording?.key ?? '');
      return {
        record,
        sides: file === undefined ? undefined : await decodedRecording(file),
        words: kept?.place.everything,
      };
    },
  };
}

it('a call is recorded from when the agent was heard to say so, and the client is told', async () => {
  const { session, clock, hear, hangUp, recordingMessages, transport } = await begun({ level: 'recording' });
  expect(session.texts.at(-1)).toContain(TOLD);
  await hear(400);
  session.speak(`${TOLD} Hello!`, 1_000);
  await clock.advanceAsync(1_400);
  await hear(500);
  const { record, sides } = await hangUp();
  expect(record?.consent).toEqual({ mode: 'announce', outcome: 'announced', atMs: 1_400 });
  expect(record?.recording).toMatchObject({ startMs: 1_800, durationMs: 500 });
  expect(rms(sides?.left ?? new Int16Array(1))).toBeGreaterThan(0.1);
  expect(recordingMessages()).toEqual([false, true]);
  expect(heardRecording(transport)).toBe(false);
});

it('an agent that does not say it is helped out by a notice', async () => {
  const { session, clock, hangUp, recordingMessages, transport } = await begun({ level: 'transcript' });
  session.speak('Hello!', 500);
  await clock.advanceAsync(700);
  expect(recordingMessages()).toEqual([false]);
  await clock.advanceAsync(2_200);
  expect(heardRecording(transport)).toBe(true);
  expect(recordingMessages()).toEqual([false, true]);
  const { record } = await hangUp();
  expect([record?.consent.outcome, record?.recording]).toEqual(['announced', undefined]);
});

it.each([
  ['Yes, please.', 'agreed'],
  ['No, thank you.', 'refused'],
  ['Who is there?', 'refused'],
])('a caller who is asked and says "%s" has %s', async (said, outcome) => {
  const { session, clock, hear, say, hangUp } = await begun({ level: 'recording', consent: 'ask' });
  session.speak(`Hello! ${ASKED}`, 1_000);
  await clock.advanceAsync(1_200);
  await hear(300);
  say(said);
  session.speak('Alright, how can I help?', 1_000);
  await clock.advanceAsync(1_200);
  await hear(300);
  say('My number is 4711.');
  const { record, sides, words } = await hangUp();
  const isAgreed = outcome === 'agreed';
  expect(record?.consent.outcome).toBe(outcome);
  expect([record?.level, sides !== undefined]).toEqual(isAgreed ? ['recording', true] : ['metadata', false]);
  expect(words?.includes('4711')).toBe(isAgreed);
  expect(words).not.toContain(said);
});

it.each(['tool', 'client'])('stops at once when the %s asks for it, and the call goes on', async (who) => {
  const { session, transport, hear, say, hangUp, recordingMessages, call } = await begun({
    level: 'recording',
    consent: 'none',
  });
  await hear(500);
  say('Before.');
  if (who === 'tool') session.events.onToolUse({ toolUseId: 'use', name: 'no_recording', argumentsJson: '{}' });
  else
    for (const t of ['stop-recording', 'sing'])
      transport.receive({ label: 'rtvi-ai', type: 'client-message', id: t, data: { t } });
  await settle();
  await hear(500);
  say('After.');
  expect(call.summary.state).not.toBe('closed');
  const { record, sides, words } = await hangUp();
  expect(record?.consent.outcome).toBe('stopped');
  expect(record?.recording).toMatchObject({ startMs: 0, durationMs: 500 });
  expect(sides?.left.length).toBe(0.5 * 24_000);
  expect([words?.includes('Before.'), words?.includes('After.')]).toEqual([true, false]);
  expect(recordingMessages()).toEqual([true, false]);
  const answers = transport.sent.filter(({ id }) => id === 'stop-recording' || id === 'sing').map(({ type }) => type);
  expect(answers).toEqual(who === 'tool' ? [] : ['server-response', 'error-response']);
});

it('a call that is not kept is told nothing, and has nothing to stop', async () => {
  const { session, hear, hangUp, recordingMessages } = await begun({ level: 'metadata' });
  expect(session.texts.at(-1)).not.toContain(TOLD);
  session.events.onToolUse({ toolUseId: 'use', name: 'no_recording', argumentsJson: '{}' });
  await hear(300);
  const { record, sides } = await hangUp();
  expect([record?.consent.outcome, sides, recordingMessages()]).toEqual(['not-needed', undefined, []]);
  expect(session.toolResults[0]?.json).toContain('not recorded');
});

it('has nothing of the caller while a secret is pressed', async () => {
  const { session, transport, hear, hangUp } = await begun({ level: 'recording', consent: 'none' });
  await hear(500);
  session.events.onToolUse({ toolUseId: 'use', name: 'pin', argumentsJson: '{}' });
  await settle();
  await hear(500);
  transport.receive({ label: 'rtvi-ai', type: 'dtmf', id: '9', data: { buttons: ['4', '7', '1', '1', '#'] } });
  await hear(1_500);
  const { record, sides } = await hangUp();
  expect(record?.recording?.durationMs).toBe(2_500);
  const loudness = (from: number, to: number): number =>
    rms(sides?.left.subarray(from * 24, to * 24) ?? new Int16Array(1));
  expect(loudness(0, 480)).toBeGreaterThan(0.1);
  // The last sound before it dies away within 100 ms.
  expect(loudness(600, 1_900)).toBeLessThan(0.0001);
  expect(loudness(2_050, 2_500)).toBeGreaterThan(0.1);
});

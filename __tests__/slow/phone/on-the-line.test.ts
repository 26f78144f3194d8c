import type { FakeCall } from '../../../testbed/fakes/twilio/types';
import { PhoneBot } from '../../bot/phone/support/phone-bot';

/* Between the bot and the ear: what Twilio is told, and what the person hears of it. */

let phone: PhoneBot;
beforeEach(async () => (phone = await PhoneBot.open()));
afterEach(async () => {
  for (const call of phone.twilio.calls) call.hangUp();
  await phone.until(() => phone.activeCalls === 0, 'the places are free');
  await phone.close();
});

/** Of one loudness, as long as it lasts: which part of an answer is heard can be told by it. */
const level = (value: number, ms: number): Int16Array => new Int16Array(ms * 24).fill(value);
const framesTaken = (call: FakeCall): number => call.stream?.framesTaken ?? 0;

/** The model answers with sounds of these levels, all at once. */
function answer(levels: readonly number[], eachMs: number): void {
  const { events } = phone.session;
  events.onTurnStarted();
  events.onTranscript({ role: 'assistant', text: 'Once upon a time.', stage: 'speculative' });
  for (const value of levels) events.onAudio(level(value, eachMs));
  events.onTurnEnded(false);
}

it('phone 8: a barge-in is `clear` at Twilio, which had 200 ms at most, and nothing of the old answer comes after it', async () => {
  const call = await phone.greeted();
  await call.quiet(300);
  answer([6_000], 10_000);
  await call.waitFor('audio', { after: call.events.length - 1 });
  await phone.until(() => framesTaken(call) > 30, 'the answer is being heard');
  phone.session.events.onInterrupted('caller');
  const cleared = await call.waitFor('clear');
  expect(cleared.unheardMs).toBeLessThanOrEqual(200);
  const taken = framesTaken(call);
  await call.quiet(300);
  expect(framesTaken(call)).toBe(taken);

  answer([12_000], 200);
  await call.waitFor('audio', { after: cleared });
  await call.quiet(300);
  const { pcm, startMs } = call.heard;
  const afterwards = pcm.subarray(Math.round((cleared.atMs - startMs + 20) * 8));
  // What Twilio plays of the new answer, and silence: nothing is as loud as the old one was.
  expect(afterwards.some((sample) => Math.abs(sample - 12_000) < 500)).toBe(true);
  expect(afterwards.filter((sample) => Math.abs(sample - 6_000) < 300).length).toBeLessThan(16);
});

it('phone 10: an answer of 4 s that comes at once is heard in its order and to its end, 200 ms of it ahead at most', async () => {
  const call = await phone.greeted();
  await call.quiet(300);
  const levels = Array.from({ length: 20 }, (_, n) => (n + 1) * 800);
  const before = framesTaken(call);
  answer(levels, 200);
  const first = await call.waitFor('audio', { after: call.events.length - 1 });
  await phone.until(() => framesTaken(call) - before >= 200, 'all of it has come');
  await call.quiet(300);
  expect(call.stream?.mostUnheardMs).toBeLessThanOrEqual(200);
  const { pcm, startMs } = call.heard;
  const heard = [...pcm.subarray(Math.round((first.atMs - startMs) * 8))].filter((sample) => sample > 700);
  // 4 s, and what a filter makes of its end.
  expect(heard.length / 8).toBeGreaterThan(3_900);
  expect(heard.length / 8).toBeLessThan(4_100);
  const places = levels.map((value) => heard.findIndex((sample) => Math.abs(sample - value) < 300));
  expect(places).not.toContain(-1);
  expect(places.toSorted((one, other) => one - other)).toEqual(places);
  expect(phone.twilio.errors).toEqual([]);
});

it('openclaw#65601: the second call of a process is as the first', async () => {
  for (const calls of [1, 2]) {
    const call = await phone.greeted();
    call.hangUp();
    await phone.until(() => phone.activeCalls === 0, 'the place is free');
    expect(phone.model.sessions).toHaveLength(calls);
  }
  expect(phone.twilio.errors).toEqual([]);
});

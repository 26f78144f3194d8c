import { costOf } from '../../bot/call/token-cost';
import { offeredModel } from '../../contract/models';
import { releaseWebRtc } from '../support/release-webrtc';
import { Environment } from '../e2e/support/environment';

const CEILING_DOLLARS = 0.01;
const prices = offeredModel('amazon.nova-2-5-sonic')!.pricesUsd;
/** Of 4,000 characters, which the model is asked to say: nothing costs more. */
const DEAREST_TEXT = `Say exactly: "${'Nothing costs more than this. '.repeat(130)}"`;
const TEXTS_PER_SECOND = 50;

let environment: Environment;
beforeAll(async () => {
  environment = await Environment.start({
    env: { GREETING_PROMPT: 'Say exactly: "Hello there."', DOLLARS_PER_CALL: String(CEILING_DOLLARS) },
  });
});
afterAll(async () => {
  await environment.stop();
  releaseWebRtc();
});

/** What a call's streams are billed for, whether the bot was told or not. */
function billed(callNumber: number): { dollars: number; textTokens: number } {
  const used = environment.sandbox.sessions[callNumber]?.used;
  const usage = {
    inputSpeechTokens: used?.input.speechTokens ?? 0,
    inputTextTokens: used?.input.textTokens ?? 0,
    outputSpeechTokens: used?.output.speechTokens ?? 0,
    outputTextTokens: used?.output.textTokens ?? 0,
  };
  return { dollars: costOf(usage, prices), textTokens: usage.inputTextTokens };
}

it('P2: 50 texts a second cost the ceiling of a call at most, end it with a goodbye, and leave the neighbour alone', async () => {
  const neighbour = await environment.call();
  await neighbour.waitForMessage('bot-stopped-speaking', 30_000);
  const flooder = await environment.call({ record: true });
  await flooder.waitForMessage('bot-stopped-speaking', 30_000);
  const flood = setInterval(() => flooder.sendText(DEAREST_TEXT), 1000 / TEXTS_PER_SECOND);
  try {
    const ended = await environment.log.waitFor('call ended', { callId: flooder.sessionId }, 60_000);
    expect(ended['reason']).toBe('budget-spent');
  } finally {
    clearInterval(flood);
  }
  expect(flooder.messages.map(({ message }) => message.data)).toContainEqual({
    type: 'call-ending',
    reason: 'budget-spent',
  });
  const { dollars, textTokens } = billed(1);
  expect(dollars).toBeGreaterThan(CEILING_DOLLARS * 0.5);
  // 5 % by the clock of the unit test; here a machine that stands still for a second lets 3 % more by.
  expect(dollars).toBeLessThanOrEqual(CEILING_DOLLARS * 1.5);
  // Of what may be typed at once, and with the prompt: not the 2,000 texts that were sent.
  expect(textTokens).toBeLessThan(8_000);

  const from = neighbour.messages.length;
  neighbour.sendText('Still there?');
  await neighbour.waitForMessage('bot-llm-text', 30_000, from);
  const refusals = (caller: typeof flooder) =>
    caller.messages.filter(({ message }) => message.type === 'error-response');
  expect(refusals(flooder).length).toBeGreaterThan(0);
  expect(refusals(neighbour)).toEqual([]);
  neighbour.hangUp();
  const quiet = await environment.log.waitFor('call ended', { callId: neighbour.sessionId });
  expect(quiet['reason']).toBe('caller-left');
}, 90_000);

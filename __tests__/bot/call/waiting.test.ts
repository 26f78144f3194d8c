import { z } from 'zod';
import type { Meanwhile } from '../../../contract/agent';
import { defineTool } from '../../../bot/tools/tool';
import { inConversation, RECORDED, WAITING_VALUE } from './support/call-setup';

type InCall = Awaited<ReturnType<typeof inConversation>>;

const long = defineTool({
  name: 'long',
  description: 'Takes long.',
  schema: z.object({}),
  timeoutMs: 20_000,
  run: () => new Promise(() => undefined),
});

/** The caller has asked something for which the model uses a tool that takes for ever. */
async function waitingForTool(waiting: 'soft' | 'notice' | 'off', meanwhile?: Meanwhile): Promise<InCall> {
  const tool = meanwhile === undefined ? long : { ...long, rules: { meanwhile } };
  const inCall = await inConversation({ waiting }, { tools: [tool] });
  const { transport, model, clock } = inCall;
  await speak(inCall, 600);
  transport.hear(560, 0);
  model.only.events.onTranscript({ role: 'user', text: 'What is the weather?', stage: 'final' });
  model.only.events.onToolUse({ toolUseId: 't1', name: 'long', argumentsJson: '{}' });
  await clock.advanceAsync(20);
  transport.heard.splice(0);
  return inCall;
}

/** As the caller's microphone does: a frame each 20 ms. */
async function speak({ transport, clock }: InCall, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 20) {
    transport.hear(20, 8_000);
    await clock.advanceAsync(20);
  }
}

const frames = ({ transport }: InCall, value: number): number =>
  transport.heard.filter((frame) => frame.includes(value)).length;

describe('a caller who waits for a tool in silence', () => {
  it('hears a soft sound from 1.5 s on, which is no speech of the bot', async () => {
    const inCall = await waitingForTool('soft');
    await inCall.clock.advanceAsync(1_400);
    expect(frames(inCall, WAITING_VALUE)).toBe(0);
    const said = inCall.transport.sentTypes.length;
    await inCall.clock.advanceAsync(3_000);
    expect(frames(inCall, WAITING_VALUE)).toBeGreaterThan(100);
    expect(frames(inCall, RECORDED)).toBe(0);
    expect(inCall.transport.sentTypes.slice(said)).toEqual([]);
  });

  it('is told in words, too, when the wait goes on for 6 s, and hears the sound again after them', async () => {
    const inCall = await waitingForTool('soft');
    await inCall.clock.advanceAsync(5_800);
    expect(frames(inCall, RECORDED)).toBe(0);
    await inCall.clock.advanceAsync(2_500);
    expect(frames(inCall, RECORDED)).toBe(100);
    inCall.transport.heard.splice(0);
    await inCall.clock.advanceAsync(2_000);
    expect(frames(inCall, WAITING_VALUE)).toBeGreaterThan(10);
  });

  it('hears the words of the tool after 1 s, once, in the voice of the agent, and then the sound', async () => {
    const inCall = await waitingForTool('soft', { say: 'I ask the "desk".' });
    const { clock, model, transport } = inCall;
    await clock.advanceAsync(300);
    const before = model.only.texts.length;
    await clock.advanceAsync(900);
    expect(model.only.texts.slice(before)).toEqual([
      `Say exactly: "I ask the 'desk'." Then wait for the result of the tool.`,
    ]);
    model.only.speak('I ask the desk.', 600);
    await clock.advanceAsync(1_800);
    expect(frames(inCall, WAITING_VALUE)).toBe(0);
    await clock.advanceAsync(1_000);
    expect(frames(inCall, WAITING_VALUE)).toBeGreaterThan(10);
    transport.heard.splice(0);
    await clock.advanceAsync(6_000);
    expect(frames(inCall, RECORDED)).toBeGreaterThan(50);
    expect(model.only.texts).toHaveLength(before + 1);
  });

  it('is not left in silence where the agent does not say the words', async () => {
    const inCall = await waitingForTool('notice', { say: 'I ask the desk.' });
    await inCall.clock.advanceAsync(3_000);
    expect(frames(inCall, RECORDED)).toBeGreaterThan(10);
  });

  it('hears no more of it within a frame of the answer, whose delay is counted from the last word', async () => {
    const inCall = await waitingForTool('soft');
    const { model, clock, transport } = inCall;
    await clock.advanceAsync(3_000);
    transport.heard.splice(0);
    model.only.speak('It rains.', 1_000);
    await clock.advanceAsync(500);
    expect(frames(inCall, WAITING_VALUE)).toBeLessThanOrEqual(1);
    expect(frames(inCall, 1_000)).toBeGreaterThan(20);
    const latency = transport.sent
      .map(({ data }) => data)
      .find((data) => (data as { type?: string } | undefined)?.type === 'latency');
    expect(latency).toMatchObject({ endOfSpeechToAudioMs: 3_040 });
  });

  it('hears no more of it within a frame of their own voice', async () => {
    const inCall = await waitingForTool('soft');
    await inCall.clock.advanceAsync(3_000);
    // Three frames of sound are a voice.
    await speak(inCall, 60);
    inCall.transport.heard.splice(0);
    await speak(inCall, 400);
    expect(frames(inCall, WAITING_VALUE)).toBeLessThanOrEqual(1);
  });

  it('hears no more of it when the call ends', async () => {
    const inCall = await waitingForTool('soft');
    const listeners = inCall.ticker.listenerCount;
    await inCall.clock.advanceAsync(3_000);
    await inCall.call.close('operator');
    expect(inCall.ticker.listenerCount).toBeLessThan(listeners);
    expect(inCall.clock.pendingTimers).toBe(0);
  });

  it('is told in words after 1.5 s instead, where that is wished', async () => {
    const inCall = await waitingForTool('notice');
    await inCall.clock.advanceAsync(1_400);
    expect(frames(inCall, RECORDED)).toBe(0);
    await inCall.clock.advanceAsync(400);
    expect(frames(inCall, RECORDED)).toBeGreaterThan(0);
    expect(frames(inCall, WAITING_VALUE)).toBe(0);
  });

  it('hears nothing of it where it is off', async () => {
    const inCall = await waitingForTool('off');
    await inCall.clock.advanceAsync(2_300);
    expect(inCall.transport.heard.filter((frame) => frame.some((sample) => sample !== 0))).toEqual([]);
  });
});

import { settle } from '../../support/fake-clock';
import { inConversation } from './support/call-setup';

type InCall = Awaited<ReturnType<typeof inConversation>>;

async function sound({ transport, clock }: InCall, ms: number, amplitude: number): Promise<void> {
  for (let at = 0; at < ms; at += 20) {
    transport.hear(20, amplitude);
    await clock.advanceAsync(20);
  }
}

/** The last thing that the client was told under this name. */
function told({ transport }: InCall, type: string): unknown {
  const messages = transport.sent.map((message) => (message.type === 'server-message' ? message.data : message));
  return messages.filter((message) => (message as { type: string }).type === type).at(-1);
}

describe('voice to voice', () => {
  it('is told in its parts: until the end of speech was noticed, the model, and ours', async () => {
    const inCall = await inConversation();
    const { model, clock } = inCall;
    await sound(inCall, 400, 8_000);
    await sound(inCall, 480, 0);
    model.only.events.onCallerFinished();
    await clock.advanceAsync(100);
    model.only.events.onTranscript({ role: 'user', text: 'Hello?', stage: 'final' });
    model.only.events.onTurnStarted();
    await clock.advanceAsync(140);
    model.only.events.onAudio(new Int16Array(24_000).fill(1_000));
    await clock.advanceAsync(100);
    expect(told(inCall, 'latency')).toEqual({
      type: 'latency',
      endOfSpeechToAudioMs: 740,
      endpointingMs: 500,
      modelMs: 240,
      playoutMs: 0,
    });
    expect(told(inCall, 'metrics')).toMatchObject({
      data: {
        ttfb: [{ processor: 'NovaSonic', model: 'test-model', value: 0.74 }],
        processing: [
          { processor: 'Endpointing', value: 0.5 },
          { processor: 'Model', value: 0.24 },
          { processor: 'Playout', value: 0 },
        ],
      },
    });
  });
});

describe('a barge-in', () => {
  it("is told from the caller's first sound to silence, to client, log and metrics", async () => {
    const inCall = await inConversation();
    const { model, log, call } = inCall;
    model.only.speak('A long story.', 5_000);
    await inCall.clock.advanceAsync(1_000);
    await sound(inCall, 340, 8_000);
    model.only.events.onInterrupted('caller');
    await settle();
    expect(told(inCall, 'barge-in')).toEqual({ type: 'barge-in', voiceToSilenceMs: 360 });
    expect(told(inCall, 'metrics')).toMatchObject({ data: { processing: [{ processor: 'BargeIn', value: 0.36 }] } });
    await call.close('operator');
    expect(log.find(({ msg }) => msg === 'call ended')).toMatchObject({ bargeInP50Ms: 360, bargeInP95Ms: 360 });
  });

  it('by typing has no first sound', async () => {
    const inCall = await inConversation();
    inCall.model.only.speak('A long story.', 5_000);
    await inCall.clock.advanceAsync(1_000);
    const options = { run_immediately: true, audio_response: true };
    inCall.transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '2', data: { content: 'Stop.', options } });
    await inCall.clock.advanceAsync(20);
    expect(told(inCall, 'barge-in')).toBeUndefined();
    expect(inCall.call.summary.bargeIns).toBe(1);
  });
});

describe("the bot's voice under the caller's", () => {
  const loudness = async (isDucking: boolean): Promise<(number | undefined)[]> => {
    const inCall = await inConversation({ isDucking });
    inCall.model.only.speak('A long story.', 5_000);
    await inCall.clock.advanceAsync(1_000);
    inCall.transport.heard.splice(0);
    await sound(inCall, 1_000, 8_000);
    return inCall.transport.heard.map((frame) => frame.at(-1));
  };

  it('stays as it is, as shipped', async () => {
    expect(new Set(await loudness(false))).toEqual(new Set([1_000]));
  });

  it('goes down and comes back, where that is wished', async () => {
    const heard = await loudness(true);
    expect(heard.filter((sample) => sample === 100)).toHaveLength(30);
    expect([heard[0], heard.at(-1)]).toEqual([1_000, 1_000]);
  });
});

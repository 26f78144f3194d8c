import { type MeasuredCall, samplesOf } from '../../../../testbed/programs/eval/samples';
import { tone, ToneSynthesiser } from '../../../../testbed/speech';

const RATE_HZ = 24_000;
const PACKET_MS = 20;

/** A second of sound, cut at the end of a packet: the next one came a second later. */
function interruptedCall(toldMs: number): MeasuredCall {
  const arrivalOf = (heardMs: number): number => {
    const packet = Math.floor(heardMs / PACKET_MS);
    return packet * PACKET_MS + (packet * PACKET_MS >= 1_000 ? 1_000 : 0);
  };
  return {
    transport: 'webrtc',
    script: { kind: 'script', id: 'a/b', name: 'b', file: 'a.yaml', turns: [] },
    run: { outcomes: [], turns: [], ended: 'caller', events: [{ name: 'bot_interrupted', atMs: toldMs }] },
    heard: { pcm: tone(500, 1_000, RATE_HZ), rateHz: RATE_HZ, startMs: 0 },
    said: [],
    pace: undefined,
    botWaitedShare: 0,
    sessions: [
      {
        openedAtMs: 0,
        inputEvents: [],
        outputEvents: [],
        texts: [],
        toldOfSpeechAtMs: [toldMs - performance.timeOrigin],
        toolUses: [],
        voiceId: undefined,
      },
    ],
    earOf: arrivalOf,
    earOfEnd: (heardMs) => arrivalOf(heardMs - 1),
  };
}

it('a stop is over with the last packet that has sound in it, whenever the next one comes', async () => {
  const { stopsMs } = await samplesOf(interruptedCall(950), new ToneSynthesiser());
  expect(stopsMs).toEqual([expect.closeTo(30, 3)]);
});

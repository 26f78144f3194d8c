import type { DemoCall } from './call';
import { placeDailyCall } from './daily-call';
import type { FakeTwilio } from '../../fakes/twilio';
import { callerFigures, modelFigures, moments } from './measure';
import { placePhoneCall } from './phone-call';
import { placeCall } from './place-call';
import { TYPED } from './steps';
import type { Surroundings } from './surroundings';

/** A way in which calls come in. */
export interface Way {
  /** For whoever calls next, on the page. */
  readonly hint: string;
  /** @throws Error that says what did not come when something expected does not happen in time */
  place(baseUrl: string, surroundings: Surroundings): Promise<DemoCall>;
}

export const webRtc: Way = {
  hint: '',
  async place(baseUrl, { narrator, cleanup, session: open }) {
    const call = await placeCall(baseUrl, narrator, cleanup);
    const { caller, first, bargeIn, typedMs, toolCalls } = call;
    const session = await open();
    const { greetedMs, answeredMs, silentMs, toldMs } = moments(call);
    const { beganMs } = caller.timings;
    return {
      way: 'WebRTC',
      beganMs,
      said: [first, bargeIn].map(({ pcm16k, startedMs }) => ({ pcm: pcm16k, rateHz: 16_000, startMs: startedMs })),
      heard: caller.heard,
      modelHeard: session?.heardPcm16k(),
      lines: [
        ...narrator.scene.lines,
        { atMs: typedMs - beganMs, endMs: typedMs - beganMs, who: 'caller', text: `${TYPED} (typed)` },
      ],
      spans: [
        { fromMs: beganMs, toMs: greetedMs, about: 'greeted' },
        { fromMs: first.endedMs, toMs: answeredMs, about: 'answered' },
        { fromMs: bargeIn.startedMs, toMs: silentMs, about: 'silent' },
        { fromMs: typedMs, toMs: toldMs, about: 'answered, with a tool' },
      ],
      figures: [
        ...callerFigures(call),
        { name: 'tool calls answered', value: toolCalls, unit: '', limit: { atLeast: 1 } },
        ...(session === undefined ? [] : modelFigures(call, session)),
      ],
      hangUp: () => {
        caller.hangUp();
        return Promise.resolve();
      },
    };
  },
};

/** Through a room; the caller is the unmodified Pipecat client in a Chromium of its own. */
export const throughDaily = (bundleUrl: string): Way => ({
  hint: ' The page joins a room, too.',
  place: (baseUrl, surroundings) => placeDailyCall({ baseUrl, bundleUrl }, surroundings),
});

/** Through Twilio; the caller has a telephone. */
export const byTelephone = (twilio: FakeTwilio): Way => ({
  hint: '',
  place: (baseUrl, surroundings) => placePhoneCall(baseUrl, twilio, surroundings),
});

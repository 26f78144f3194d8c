import path from 'node:path';
import { type CallerPace, type Line, PaceMeter } from '../../../evals/run';
import { Beat, Caller, nowMs, type Recording } from '../../../smoke/caller';
import { readWav, resample, type Synthesiser } from '../../speech';

interface LineOptions {
  readonly baseUrl: string;
  readonly startBody: Readonly<Record<string, unknown>>;
  /** Where `audio:` files are. */
  readonly folder: string;
  readonly synthesiser: Synthesiser;
}

const CALLERS_VOICE = 'amy';
const CALLERS_HZ = 16_000;

/** A line over WebRTC, straight to the bot. */
export interface WebRtcLine extends Line {
  readonly caller: Caller;
  /** What the caller has spoken. */
  readonly said: readonly Recording[];
  /** How steadily it sent. */
  readonly pace: CallerPace | undefined;
}

/** @throws RefusedError, or Error when the bot is not ready in time */
export async function openWebRtcLine({ baseUrl, startBody, folder, synthesiser }: LineOptions): Promise<WebRtcLine> {
  let tell: Parameters<Line['onMessage']>[0] = () => undefined;
  const beat = new Beat();
  const meter = new PaceMeter();
  const caller = await Caller.connect({
    baseUrl,
    startBody,
    beat,
    onMessage: ({ message, arrivedMs }) => tell(message, arrivedMs),
  });
  const unmeter = beat.subscribe(() => meter.packet(nowMs()));
  const said: Recording[] = [];
  const ended = caller.ended.then((end) => {
    unmeter();
    return end === 'hung-up' ? 'caller' : end === 'bot-left' ? 'bot' : 'lost';
  });
  return {
    caller,
    said,
    get pace() {
      return meter.pace;
    },
    ended,
    nowMs,
    onMessage: (listener) => {
      for (const { message, arrivedMs } of caller.messages) listener(message, arrivedMs);
      tell = listener;
    },
    type: (text) => void caller.sendText(text),
    speak: async (words, audioFile) => {
      const { samples, rateHz } =
        audioFile === undefined
          ? { samples: await synthesiser.synthesise(words, CALLERS_VOICE), rateHz: 24_000 }
          : readWav(path.join(folder, audioFile));
      const pcm = rateHz === CALLERS_HZ ? samples : resample(samples, rateHz, CALLERS_HZ);
      const spoken = await caller.say(pcm);
      said.push({ pcm, rateHz: CALLERS_HZ, startMs: spoken.startedMs });
      return spoken;
    },
    press: () => {
      throw new Error('keys are pressed on a telephone only: set nova.transport to phone');
    },
    hangUp: () => caller.hangUp(),
  };
}

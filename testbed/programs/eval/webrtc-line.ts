import path from 'node:path';
import type { Line } from '../../../evals/run';
import { Caller, nowMs } from '../../../smoke/caller';
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
}

/** @throws RefusedError, or Error when the bot is not ready in time */
export async function openWebRtcLine({ baseUrl, startBody, folder, synthesiser }: LineOptions): Promise<WebRtcLine> {
  let tell: Parameters<Line['onMessage']>[0] = () => undefined;
  const caller = await Caller.connect({
    baseUrl,
    startBody,
    onMessage: ({ message, arrivedMs }) => tell(message, arrivedMs),
  });
  return {
    caller,
    ended: caller.ended.then((end) => (end === 'hung-up' ? 'caller' : end === 'bot-left' ? 'bot' : 'lost')),
    nowMs,
    onMessage: (listener) => {
      for (const { message, arrivedMs } of caller.messages) listener(message, arrivedMs);
      tell = listener;
    },
    type: (text) => void caller.sendText(text),
    speak: async (words, audioFile) => {
      if (audioFile === undefined)
        return caller.say(resample(await synthesiser.synthesise(words, CALLERS_VOICE), 24_000, CALLERS_HZ));
      const { samples: pcm, rateHz } = readWav(path.join(folder, audioFile));
      return caller.say(rateHz === CALLERS_HZ ? pcm : resample(pcm, rateHz, CALLERS_HZ));
    },
    press: () => {
      throw new Error('keys are pressed on a telephone only: set nova.transport to phone');
    },
    hangUp: () => caller.hangUp(),
  };
}

import type { BrowserCaller } from '../../../smoke/browser/browser-caller';
import type { Recording } from '../../../smoke/caller';

/** Greetings are listened to in every test: a short one. */
export const GREETING_PROMPT = 'Say exactly: "Hello there."';

/** Words of the bot that the client was told were spoken to their end. */
export function spoken(data: unknown): string | undefined {
  const output = data as { text: string; spoken_status?: string };
  return output.spoken_status === 'completed' ? output.text : undefined;
}

/** What a browser played, as the audio analysis takes it. */
export async function heardBy(caller: BrowserCaller): Promise<Recording> {
  const { samples, rateHz, startAtMs } = await caller.heard();
  return { pcm: samples, rateHz, startMs: startAtMs };
}

/**
 * Says `voice` until the model understood it: a browser that gets no processor for a moment damages what it sends. What
 * counts is that not every utterance is. @returns how many events there were before the one that was understood
 */
export async function sayUntilUnderstood(
  caller: BrowserCaller,
  voice: Parameters<BrowserCaller['say']>[0],
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const from = (await caller.events()).length;
    await caller.say(voice);
    const { data } = await caller.waitFor('userTranscript', (told) => (told as Told).final, { from });
    if (attempt === 3 || !(data as Told).text.startsWith(NOT_UNDERSTOOD)) return from;
  }
}

interface Told {
  readonly final: boolean;
  readonly text: string;
}

/** What the stand-in writes down of speech that it does not know. */
const NOT_UNDERSTOOD = '[';

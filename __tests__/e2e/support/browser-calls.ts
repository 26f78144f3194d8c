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
  for (let attempt = 1; attempt <= UTTERANCES; attempt += 1) {
    const from = (await caller.events()).length;
    if (await isUnderstood(caller, from, await caller.say(voice))) return from;
  }
  throw new Error(`of ${UTTERANCES} utterances none was understood`);
}

/**
 * Whether the model understands what is being said since there were `from` events. Where a gap ended the turn too early,
 * the rest of it is waited for: who said it all again at once would speak over it.
 */
export function isUnderstood(
  caller: BrowserCaller,
  from: number,
  { endAtMs }: { readonly endAtMs: number },
): Promise<boolean> {
  const hasWords = ({ text }: Told): boolean => !text.startsWith(NOT_UNDERSTOOD);
  const decides = (told: Told, atMs: number): boolean => told.final && (hasWords(told) || atMs > endAtMs);
  return caller
    .waitFor('userTranscript', (data, atMs) => decides(data as Told, atMs), { from, timeoutMs: TRANSCRIBED_WITHIN_MS })
    .then(
      ({ data }) => hasWords(data as Told),
      () => false,
    );
}

interface Told {
  readonly final: boolean;
  readonly text: string;
}

const UTTERANCES = 4;
/** An utterance of which nothing is told for so long is lost. */
const TRANSCRIBED_WITHIN_MS = 15_000;
/** What the stand-in writes down of speech that it does not know. */
const NOT_UNDERSTOOD = '[';

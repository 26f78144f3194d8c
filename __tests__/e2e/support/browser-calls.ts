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

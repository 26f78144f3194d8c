import { z } from 'zod';
import { speechIn } from './languages/speech';
import { NOTICE_NAMES, type NoticeName } from './languages/speech-texts';

/*
 * An agent's own recordings: `agents/<name>/notices/<notice>.opus`, made by `ops agent notices`, and beside them what they
 * are of. The bot plays one as long as it says what it should, in the voice that the agent has.
 */

/** The folder beside `agent.ts`. */
export const NOTICES_FOLDER = 'notices';
/** What stands in it beside the recordings. */
export const RECORDED_FILE = 'recorded.json';

const recorded = z.object({
  modelId: z.string(),
  voice: z.string(),
  language: z.string(),
  /** What each recording says. */
  words: z.partialRecord(z.enum(NOTICE_NAMES), z.string()),
});

/** Recordings, and what they are of. */
export type RecordedNotices = z.output<typeof recorded>;

/** What `recorded.json` says; undefined: it is none. */
export function readRecorded(text: string): RecordedNotices | undefined {
  try {
    return recorded.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** How an agent speaks now. */
export interface SpeaksAs {
  readonly voice: string;
  readonly language: string;
}

/** Notices whose recordings are still of these words, in this voice. */
export function currentNotices(of: RecordedNotices, { voice, language }: SpeaksAs): NoticeName[] {
  if (of.voice !== voice || of.language !== language) return [];
  const { notices } = speechIn(language).texts;
  return NOTICE_NAMES.filter((name) => of.words[name] === notices[name]);
}

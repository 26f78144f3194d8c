import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  currentNotices,
  NOTICES_FOLDER,
  readRecorded,
  RECORDED_FILE,
  type SpeaksAs,
} from '../../contract/agent-notices';
import { NOTICE_NAMES, type NoticeName } from '../../contract/languages/speech-texts';
import type { Logger } from '../telemetry';
import { type NoticeAudio, noticesFrom, type SpokenNotices } from './notices';
import { openOpusFile } from './opus-file';

/** An agent, as far as its notices go. */
export interface NoticesOf extends SpeaksAs {
  readonly agent: string;
  /** The absolute path of its folder. */
  readonly folder: string;
}

/**
 * What an agent says when the model cannot: its own recordings where they are of its voice and of today's words, and those
 * that the bot comes with for the others. What cannot be used is warned of.
 * @throws BotError `config_invalid` as `SpokenNotices` does
 */
export async function noticesOf(about: NoticesOf, spoken: SpokenNotices, logger: Logger): Promise<NoticeAudio> {
  const comesWith = await spoken.in(about.language);
  const folder = join(about.folder, NOTICES_FOLDER);
  const file = join(folder, RECORDED_FILE);
  if (!existsSync(file)) return comesWith;
  const warn = (why: string): void => {
    const warning = `agents/${about.agent}: ${NOTICES_FOLDER}/ ${why}: npm run ops -- agent notices ${about.agent}`;
    logger.warn({ warning }, 'configuration warning');
  };
  const recorded = readRecorded(readFileSync(file, 'utf8'));
  const current = recorded === undefined ? [] : currentNotices(recorded, about);
  if (current.length < NOTICE_NAMES.length) {
    warn(`has ${NOTICE_NAMES.length - current.length} that are not of this voice, language and words`);
  }
  const sounds = Object.fromEntries(NOTICE_NAMES.map((name) => [name, () => comesWith[name]])) as Record<
    NoticeName,
    () => Int16Array
  >;
  for (const name of current) {
    try {
      sounds[name] = await openOpusFile(readFileSync(join(folder, `${name}.opus`)));
    } catch {
      warn(`has no ${name}.opus that can be read`);
    }
  }
  return noticesFrom(sounds);
}

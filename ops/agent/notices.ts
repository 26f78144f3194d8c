import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOpusFile } from '../../bot/notices';
import { DEFAULT_LANGUAGE } from '../../contract/agent';
import {
  currentNotices,
  NOTICES_FOLDER,
  readRecorded,
  RECORDED_FILE,
  type RecordedNotices,
} from '../../contract/agent-notices';
import { speechIn } from '../../contract/languages/speech';
import { NOTICE_NAMES, type NoticeName } from '../../contract/languages/speech-texts';
import { bedrockRegion } from '../../stacks/names';
import { readEndpoint } from '../bedrock/endpoint';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import type { Flags } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import type { Finding } from '../cli/report';
import { AgentFolders } from './folders';
import { recordNotice } from './record-notice';
import { agentsFolder } from './require-agent';
import { speakerOf } from './say';

const FLAGS = {
  only: { type: 'string', value: 'NOTICE', description: `one of ${NOTICE_NAMES.join(', ')} [all]` },
  model: { type: 'string', value: 'ID', description: "the model [the settings' first]" },
  endpoint: { type: 'string', value: 'URL', description: 'where the stream goes [BEDROCK_ENDPOINT_URL, else AWS]' },
} as const satisfies Flags;

export const agentNotices: Command = {
  details: `Has the model say what the bot says when it must (an apology, a goodbye, waiting words), in the agent's own voice and
language, and keeps each sentence whose transcript is word for word right: agents/NAME/notices/*.opus, which the bot plays
first. Asks three times, then names the sentence. Costs about a minute of speech.`,
  positionals: [{ name: 'name', description: 'its folder in agents/' }],
  flags: FLAGS,
  run: async (context) => {
    const { flags, settings, io } = context;
    const name = flags.text('name') ?? '';
    const { definition } = await new AgentFolders(io.folder).one(name);
    const { language = DEFAULT_LANGUAGE, voice = settings.bot.voice } = definition;
    const modelId = flags.text('model') ?? settings.bedrock.modelIds[0] ?? '';
    const folder = join(agentsFolder(io.folder), name, NOTICES_FOLDER);
    const speaker = speakerOf({
      region: flags.text('region') ?? bedrockRegion(settings),
      modelId,
      endpointUrl: readEndpoint(flags.text('endpoint') ?? io.env['BEDROCK_ENDPOINT_URL']),
      voiceId: voice,
      signal: io.signal,
    });
    const findings: Finding[] = [];
    try {
      for (const notice of wanted(context)) {
        const words = speechIn(language).texts.notices[notice];
        const sound = await recordNotice(notice, words, language, speaker.say);
        keep(folder, notice, await encodeOpusFile(sound), { modelId, voice, language, words: { [notice]: words } });
        findings.push({
          status: 'changed',
          subject: notice,
          text: `${(sound.length / 24_000).toFixed(1)} s: ${words}`,
        });
      }
    } finally {
      speaker.close();
    }
    return { sections: [{ title: `agents/${name}/${NOTICES_FOLDER}, by ${voice} in ${language}`, findings }] };
  },
};

/** @throws OpsError `usage` */
function wanted({ flags }: Context): readonly NoticeName[] {
  const only = flags.text('only');
  if (only === undefined) return NOTICE_NAMES;
  const found = NOTICE_NAMES.find((one) => one === only);
  if (found === undefined) throw new OpsError('usage', `--only must be one of ${NOTICE_NAMES.join(', ')}.`);
  return [found];
}

/** Writes one recording, and what it is of beside those that are still current. */
function keep(folder: string, name: NoticeName, file: Buffer, recorded: RecordedNotices): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, RECORDED_FILE);
  const before = existsSync(path) ? readRecorded(readFileSync(path, 'utf8')) : undefined;
  const current = before === undefined ? [] : currentNotices(before, recorded);
  const kept = Object.fromEntries(current.map((one) => [one, before?.words[one]]));
  writeFileSync(join(folder, `${name}.opus`), file);
  const text = JSON.stringify({ ...recorded, words: { ...kept, ...recorded.words } }, undefined, 2);
  writeFileSync(path, `${text}\n`);
}

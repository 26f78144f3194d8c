import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundledScenario } from '../../fakes/bedrock';
import { type FakeTwilio, openTwilio } from '../../fakes/twilio';
import { phoneEnvironment } from '../../processes';

/** Numbers of nobody: https://en.wikipedia.org/wiki/555_(telephone_number) */
export const COLLEAGUE = '+14155550177';
const AGENT = 'desk';
const DESTINATION = 'reception';
/** What is read in this recording is taken for the wish to speak to a person. */
const ASKS_FOR_A_PERSON = '0930';

export const GREETING = 'Hello, this is the front desk. How can I help you?';

const AGENT_SOURCE = `exports.default = ${JSON.stringify({
  prompt: 'You are the front desk.',
  greeting: GREETING,
  tools: {
    [DESTINATION]: {
      kind: 'transfer',
      description: 'Connects the caller with a person.',
      to: { [DESTINATION]: { when: 'the caller wants to speak to a person' } },
    },
  },
})};\n`;

/** A front desk on the telephone: what the bot must be told, and Twilio. */
export interface PhoneDesk {
  readonly twilio: FakeTwilio;
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function openDesk(): Promise<PhoneDesk> {
  const folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-desk-'));
  writeFileSync(path.join(folder, `${AGENT}.cjs`), AGENT_SOURCE);
  const twilio = await openTwilio();
  return {
    twilio,
    environment: {
      ...phoneEnvironment(twilio),
      AGENT,
      AGENTS_FOLDER: folder,
      TRANSFER_DESTINATIONS: `${DESTINATION}=tel:${COLLEAGUE}`,
    },
    stop: async () => {
      await twilio.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Scenario = ReturnType<typeof bundledScenario>;

/** The recordings that the model knows; after one of them the caller wants a person. */
export function deskScenario(): Scenario {
  const recordings = bundledScenario().recordings.map((recording) => {
    if (!recording.file.includes(ASKS_FOR_A_PERSON)) return recording;
    const { file, words } = recording;
    return { file, words, treatAs: `call ${DESTINATION} {"to":"${DESTINATION}"}` };
  });
  return { recordings };
}

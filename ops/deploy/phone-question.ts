import { E164 } from '../../contract/phone-variables';
import type { Terminal } from '../cli/terminal';
import { isIncomplete, type RawSettings, type WantedPhone } from './draft';

const TRIES = 3;

/** The agent that answers where the settings name none: their own default. */
const DEFAULT_AGENT = 'assistant';

/**
 * Asks whether callers shall have a number, once: while the settings are not complete. Without a domain there is none to
 * ask for, because Twilio asks by HTTPS.
 * @throws Interrupted
 */
export async function askForNumber(
  raw: RawSettings,
  terminal: Terminal | undefined,
  tell: (line: string) => void,
): Promise<WantedPhone | undefined> {
  if (terminal === undefined || raw.domain === undefined || raw.phone !== undefined || !isIncomplete(raw)) {
    return undefined;
  }
  const question = 'A number of yours at Twilio that callers dial, such as +14155550100 (Enter: none)? ';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = await terminal.ask(question);
    if (answer === undefined || answer === '') return undefined;
    if (E164.test(answer)) return { numbers: { [answer]: answering(raw) } };
    tell('It must be a number in E.164: "+", country, number, and no blanks.');
  }
  return undefined;
}

const answering = ({ agents }: RawSettings): string => {
  const [first] = Array.isArray(agents) ? (agents as readonly unknown[]) : [];
  return typeof first === 'string' ? first : DEFAULT_AGENT;
};

import type { Settings } from '../../stacks/settings';
import type { FlagValues } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import type { Terminal } from '../cli/terminal';
import { dollars } from '../costs/costs';
import { type PriceList, priceOf, readPrices } from '../costs/prices';
import { HOURS } from '../costs/standing';
import { readRaw } from './draft';

export type Transport = Settings['transport'];

const CHOICES: readonly Transport[] = ['daily', 'webrtc'];
const isTransport = (text: string | undefined): text is Transport => CHOICES.some((one) => one === text);

/**
 * How callers of a new environment come in: by --transport, or asked for. What is deployed says it in its settings.
 * @param text the settings' file; undefined where there is none
 * @throws OpsError `usage`; Interrupted
 */
export async function chooseTransport(
  { environment, flags }: { readonly environment: string; readonly flags: FlagValues },
  text: string | undefined,
  terminal: Terminal | undefined,
): Promise<Transport> {
  const wanted = flags.text('transport');
  if (wanted !== undefined && !isTransport(wanted)) {
    throw new OpsError('usage', `--transport must be one of ${CHOICES.join(', ')}.`);
  }
  if (text === undefined) return wanted ?? ask(terminal);
  // What is none of them is for the check of the whole file to refuse.
  const written: Transport = readRaw(text).transport === 'webrtc' ? 'webrtc' : 'daily';
  if (wanted !== undefined && wanted !== written) {
    throw new OpsError(
      'usage',
      `environments/${environment}.json is for ${written}, and --transport says another.`,
      'Leave --transport out, or change transport there: docs/settings.md says what each needs.',
    );
  }
  return written;
}

async function ask(terminal: Terminal | undefined): Promise<Transport> {
  if (terminal === undefined) return 'daily';
  let question = renderChoice(readPrices());
  for (;;) {
    const answer = await terminal.ask(question);
    if (!answer) return 'daily';
    if (isTransport(answer)) return answer;
    question = 'daily or webrtc? [daily] ';
  }
}

/** What each way needs and costs. */
function renderChoice(list: PriceList): string {
  const minute = `$${(2 * priceOf(list, 'dailyMinute')).toFixed(5)}`;
  const nat = dollars(HOURS * priceOf(list, 'natHour'));
  return `How do callers come in?
  daily   Through Daily's rooms: from anywhere, to as many tasks as it takes. Needs a key of Daily (DAILY_API_KEY);
          ${minute} a minute of a call, and a NAT gateway (${nat} a month).
  webrtc  Straight from the page to one task, without Daily: for trials. Needs the default VPC of the account; no key.
Which? [daily] `;
}

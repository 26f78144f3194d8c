import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServedAgent } from '../../contract/agent';
import { agentsOf } from '../../stacks/agents';
import { parseSettings } from '../../stacks/settings-file';
import { agentsOfProject } from '../agent/require-agent';
import type { Settings } from '../../stacks/settings';
import { type Context, settingsInvalid } from '../cli/context';
import { checkEnvironmentName } from '../cli/environments';
import { OpsError } from '../cli/ops-error';
import type { Terminal } from '../cli/terminal';
import { chooseTransport, type Transport } from './transport-choice';
import { DEFAULT_REGION, placeholdersIn, readRaw } from './draft';

/** Where a deployment goes. */
export interface Target {
  /** The settings' file. */
  readonly file: string;
  /** What is in it; undefined where there is none. */
  readonly text: string | undefined;
  readonly region: string;
  /** How callers come in. */
  readonly transport: Transport;
}

/**
 * Finds the settings' file, the region and how callers come in: of the file, by options, or asked for where both are silent.
 * @throws OpsError `usage`; Interrupted
 */
export async function findTarget(context: Context, terminal: Terminal | undefined): Promise<Target> {
  const { environment, environmentsFolder, flags } = context;
  checkEnvironmentName(environment);
  const file = path.join(environmentsFolder, `${environment}.json`);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const region = await findRegion(context, text, terminal);
  return { file, text, region, transport: await chooseTransport({ environment, flags }, text, terminal) };
}

/** As AWS names them, a letter too many or two swapped told apart (docs.aws.amazon.com/global-infrastructure/latest/regions). */
const REGION = /^[a-z]+(?:-[a-z]+)?-(?:(?:north|south)?(?:east|west)|north|south|central)-\d$/;

/** @throws OpsError `usage`; Interrupted */
async function findRegion(
  { environment, flags, io }: Context,
  text: string | undefined,
  terminal: Terminal | undefined,
): Promise<string> {
  const wanted = flags.text('region');
  const written = text === undefined ? undefined : readRaw(text).region;
  if (typeof written === 'string') {
    if (wanted === undefined || wanted === written) return written;
    const fix = `Leave --region out, or change region there; what is deployed stays in ${written}.`;
    throw new OpsError('usage', `environments/${environment}.json is for ${written}, and --region says another.`, fix);
  }
  if (wanted !== undefined && !REGION.test(wanted)) throw noRegion('--region');
  if (text !== undefined || wanted !== undefined) return wanted ?? DEFAULT_REGION;
  const likely = io.env['AWS_REGION'] || io.env['AWS_DEFAULT_REGION'] || DEFAULT_REGION;
  let question = `There is no environments/${environment}.json yet. In which region? [${likely}] `;
  for (;;) {
    const region = (await terminal?.ask(question)) || likely;
    if (REGION.test(region)) return region;
    if (terminal === undefined || region === likely) throw noRegion('AWS_REGION');
    question = `That is no region of AWS, such as ${DEFAULT_REGION}. In which region? [${likely}] `;
  }
}

const noRegion = (name: string): OpsError =>
  new OpsError('usage', `${name} must be a region of AWS, such as ${DEFAULT_REGION}.`, 'npm run ops -- deploy --help');

/** The agents that these settings serve. @throws OpsError `settings_invalid` */
export async function agentsIn({ io }: Context, settings: Settings): Promise<readonly ServedAgent[]> {
  return agentsOf(settings, agentsOfProject(io.folder)).catch((error: unknown) => {
    throw settingsInvalid(error);
  });
}

/**
 * The settings that a text holds.
 * @throws OpsError `settings_invalid`
 */
export function settingsIn(file: string, text: string, env: Context['io']['env']): Settings {
  let settings: Settings;
  try {
    settings = parseSettings(file, text, env);
  } catch (error) {
    throw settingsInvalid(error);
  }
  const left = placeholdersIn(settings);
  if (left.length === 0) return settings;
  const [is, it] = left.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw new OpsError(
    'settings_invalid',
    `${left.join(', ')} ${is} the example's in environments/${path.basename(file)}`,
    `Set ${it} to your own, or take ${it} out.`,
  );
}

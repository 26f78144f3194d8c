import { DEFAULT_MODEL_ID, offeredModel } from '../../../contract/models';
import { VARIABLES } from '../../../contract/variables';
import { parseDotenv } from '../../../ops/environment/dotenv';

/** What the bot is started with, and what the developer should know of it. */
export interface DevEnvironment {
  readonly environment: NodeJS.ProcessEnv;
  readonly remarks: readonly string[];
}

const { agents, awsCredentials, call, host, model, port, records, region } = VARIABLES;

/** Who stops the bot is not kept waiting by a call of their own. */
const DRAIN_SECONDS = '1';

/** Below the folder that is worked in; git leaves it alone. */
const RECORDS_FOLDER = 'call-records';

/** Where the AWS SDK may find credentials besides those that the bot knows by name. */
const CREDENTIALS = [awsCredentials.hasAccessKeyId.name, 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/**
 * The shell's variables, those of `.env` where the shell has none, and what suits a laptop: the server on loopback, where
 * browsers give microphones without https, records of calls in a folder, and the model in a region that has it.
 * @param dotenv the text of `.env`, if there is one
 */
export function devEnvironment(shell: NodeJS.ProcessEnv, dotenv: string | undefined): DevEnvironment {
  const { values, problems } = parseDotenv(dotenv ?? '');
  const fromFile = [...values.keys()].filter((name) => shell[name] === undefined);
  const suits = {
    [host.name]: '127.0.0.1',
    [call.drainMs.name]: DRAIN_SECONDS,
    [records.place.name]: RECORDS_FOLDER,
  };
  const environment: NodeJS.ProcessEnv = { ...suits, ...Object.fromEntries(values), ...shell };
  const remarks = problems.map((problem) => `.env: ${problem}`);
  if (fromFile.length > 0) remarks.push(`From .env: ${fromFile.join(', ')}`);
  const moved = regionWithModel(environment);
  if (moved !== undefined) {
    environment[model.region.name] = moved.region;
    remarks.push(moved.remark);
  }
  remarks.push(`The page: http://localhost:${environment[port.name] ?? String(port.fallback)}/`);
  return { environment, remarks };
}

/** Another region for the model, where nobody has chosen one and the one of AWS_REGION does not have it. */
function regionWithModel(environment: NodeJS.ProcessEnv): { region: string; remark: string } | undefined {
  const id = environment[model.id.name] ?? DEFAULT_MODEL_ID;
  const own = environment[region.name] ?? region.fallback;
  if ((environment[model.region.name] ?? '') !== '') return undefined;
  const known = offeredModel(id)?.regions.known ?? [];
  const [first] = known;
  if (first === undefined || known.includes(own)) return undefined;
  return { region: first, remark: `${own} does not have ${id}: it is called in ${first} (${model.region.name}).` };
}

/** Whether there is nobody to speak for the model: no credentials, and no other endpoint than AWS's. */
export const needsStandIn = (environment: NodeJS.ProcessEnv): boolean =>
  (environment[model.endpointUrl.name] ?? '') === '' && CREDENTIALS.every((name) => (environment[name] ?? '') === '');

/** Where nobody answers, so that a tool that calls AWS fails at once and no caller's words go there with the stand-in's keys. */
const NOBODY = 'http://127.0.0.1:9';
const ENDPOINTS_OF_TOOLS = ['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME'];

/** What has the bot speak with a stand-in for Bedrock at `url`; functions and knowledge bases are only where `environment` says. */
export const withStandIn = (
  url: string,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
  environment: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(ENDPOINTS_OF_TOOLS.map((name) => [name, environment[name] ?? NOBODY])),
  [model.endpointUrl.name]: url,
  [awsCredentials.hasAccessKeyId.name]: credentials.accessKeyId,
  [awsCredentials.hasSecretAccessKey.name]: credentials.secretAccessKey,
});

/** What has the bot answer as `agent`, read agents anew from where they are built, and show what tools are asked and answer. */
export const withAgents = (folder: string, agent: string | undefined): NodeJS.ProcessEnv => ({
  [agents.showsToolCalls.name]: 'true',
  [agents.folder.name]: folder,
  ...(agent === undefined ? {} : { [agents.answering.name]: agent }),
});

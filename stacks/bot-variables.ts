import { secretThatInjects } from '../contract/secrets';
import { ALL_VARIABLES, type VariableName } from '../contract/variables';
import { settingsSchema } from './settings';
import { settingsThatFill } from './settings-variables';

/** Variables that the stack itself sets in the container, and what each follows from. */
export const OWN_VARIABLES = {
  AGENT: '`agents`',
  AGENTS: '`agents`',
  HOST: 'the container',
  FAST_API_PORT: 'the container',
  AWS_REGION: '`region`',
  BEDROCK_REGION: '`bedrock.region`',
  NOVA_SONIC_MODEL_ID: '`bedrock.modelIds`',
  TRANSPORT: '`transport`',
  ICE_SERVERS: '`webrtc.stunServer`',
  WEBRTC_UDP_PORT: '`transport`',
  DRAIN_SECONDS: "the container's stop timeout",
  TRUSTED_PROXIES: 'the load balancer',
  START_HOPS: 'the load balancer',
  METRICS_NAMESPACE: '`environment`',
  PUBLIC_URL: '`domain.name`',
  USAGE_TABLE: '`environment`',
  CALL_RECORDS: '`records.keep`',
  CALL_EVENTS_BUS: '`records.events.bus`',
  CALL_EVENTS_UNDELIVERED: '`records.events`',
  STAND_DOWN: '`release.strategy`',
} as const satisfies Partial<Record<VariableName, string>>;

/** Variables that neither settings nor a secret set. */
const OTHERS_SET = {
  ECS_AGENT_URI: 'ECS',
  ECS_CONTAINER_METADATA_URI_V4: 'ECS',
  VERSION: 'the image',
} as const satisfies Partial<Record<VariableName, string>>;

/** Where a variable of a deployed bot comes from, in words; undefined where `bot.variables` may set it. */
export function originOf(name: string): string | undefined {
  const setting = settingsThatFill(settingsSchema).get(name);
  if (setting !== undefined) return `\`${setting}\``;
  const secret = secretThatInjects(name);
  if (secret !== undefined) return `the secret \`${secret}\``;
  const set: Readonly<Record<string, string>> = { ...OWN_VARIABLES, ...OTHERS_SET };
  return set[name];
}

/** What is wrong with one entry of `bot.variables`, by the bot's own rules; completes the sentence "NAME …". */
export function variableProblem(name: string, value: string): string | undefined {
  const variable = ALL_VARIABLES.find((one) => one.name === name);
  if (variable === undefined) return 'is not a variable of the bot (see docs/configuration.md)';
  const origin = originOf(variable.name);
  if (origin !== undefined) return `must not be set here: it comes from ${origin}`;
  // Secrets that no deployment injects.
  if (variable.secret) return 'must not be set here: a setting is no place for a secret';
  return variable.read(value.trim()) === undefined ? `must be ${variable.rule}` : undefined;
}

import { readFileSync } from 'node:fs';
import { recordsPlace } from '../contract/call-record';
import { endOfLife, offeredModel } from '../contract/models';
import { DEFAULT_SYSTEM_PROMPT } from '../contract/prompts';
import { Redactor } from '../contract/redactor';
import { ADMIN_KEY, SERVER_KEY, START_KEY } from '../contract/secrets';
import { TRANSPORTS, type TransportName } from '../contract/transports';
import { rawValue, readTable, type ValuesOf } from '../contract/variable-readers';
import { ALL_VARIABLES, MAX_PROMPT_BYTES, type VariableName, VARIABLES } from '../contract/variables';
import { BotError } from './errors';
import { eventsForDevelopment, eventsOf, eventsProblems } from './events-config';
import { dialInOf, dialOutOf, missingForPhone, phoneOf, phoneProblems } from './phone-config';

type Values = ValuesOf<typeof VARIABLES>;

/**
 * Everything that can be set, checked: the values of contract/variables.ts, and what depends on several of them.
 * Durations are in ms whatever the variable's unit.
 */
export type Config = ReturnType<typeof completed>;

/** As in RTCConfiguration. */
export type IceServer = Config['webrtc']['iceServers'][number];

/** What a health check may say of the environment: names and presence, never a value. */
export interface EnvironmentReport {
  /** Variables that this configuration cannot do without. */
  readonly required: readonly VariableName[];
  /** Those of them that are not set: the process runs, and takes no calls. */
  readonly missing: readonly VariableName[];
  /** Secrets that the agents served name and that are not set: the process runs, and takes no calls. */
  readonly missingOfAgents: readonly string[];
  /** What the telephone cannot do without and has not: it is off then, and other calls are taken. */
  readonly missingForPhone: readonly VariableName[];
  /** Every secret by its variable's name, and whether it is set. */
  readonly secrets: Readonly<Record<string, boolean>>;
}

/** Secrets of agents: variables of their own, which only they name. No log and no check shows what it holds. */
class AgentSecrets {
  readonly #env: NodeJS.ProcessEnv;
  readonly #redactor = new Redactor();

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.#redactor.hideSecretsOf(env);
  }

  /** An agent's own words without any secret of the process, whether or not an agent may have it. */
  clean(text: string): string {
    return this.#redactor.clean(text);
  }

  /** The values of these that are set, and the names of those that are not. */
  read(names: readonly string[]): {
    readonly values: Readonly<Record<string, string>>;
    readonly missing: readonly string[];
  } {
    const found = names.map((name) => [name, rawValue(this.#env, name)] as const);
    for (const [, value = ''] of found) this.#redactor.hide(value);
    return {
      values: Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
      missing: found.flatMap(([name, value]) => (value === undefined ? [name] : [])),
    };
  }
}

/**
 * Reads and checks the environment.
 * @throws BotError `config_invalid` whose message names every variable that breaks its rule, and the rule; no value.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const { values, problems } = readTable(VARIABLES, env);
  const { hasAccessKeyId, hasSecretAccessKey } = values.awsCredentials;
  if (hasAccessKeyId !== hasSecretAccessKey) {
    problems.push('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together or not at all');
  }
  problems.push(...keyProblems(values.access), ...phoneProblems(values), ...eventsProblems(values.events));
  const ended = endOfLife(values.model.id);
  if (ended !== undefined) problems.push(`${VARIABLES.model.id.name} ${ended}`);
  if (pricesOf(values.model) === undefined) {
    const { call, limits } = VARIABLES;
    const inDollars = [
      { limit: values.call.ceilings.maxDollars, name: call.ceilings.maxDollars.name },
      { limit: values.limits.dollars, name: limits.dollars.name },
      { limit: values.phone.outbound.dollarsPerDay, name: VARIABLES.phone.outbound.dollarsPerDay.name },
    ];
    for (const { limit, name } of inDollars) {
      if (limit !== undefined) problems.push(`${name} needs MODEL_PRICES, because this model's are not known`);
    }
  }
  if (ecsOf(values.ecs) !== undefined) problems.push(...developmentProblems(values));
  const systemPrompt = readSystemPrompt(values.model, problems);
  if (problems.length > 0) throw new BotError('config_invalid', problems.join('; '));
  return completed(values, systemPrompt, env);
}

/** What would let a deployed bot run other code, or talk to others, than it was built for. */
function developmentProblems({ tools, agents, phone, records, events, ecs }: Values): string[] {
  const set = [
    ...(records.s3EndpointUrl === undefined ? [] : [VARIABLES.records.s3EndpointUrl]),
    ...(phone.twilio.apiUrl === undefined || isLoopback(ecs.agentUri) ? [] : [VARIABLES.phone.twilio.apiUrl]),
    ...(tools.hosts.length > 0 ? [VARIABLES.tools.hosts] : []),
    ...(tools.mocks === undefined ? [] : [VARIABLES.tools.mocks]),
    ...(agents.folder === undefined ? [] : [VARIABLES.agents.folder]),
    ...eventsForDevelopment(events),
  ];
  return set.map(({ name }) => `${name} must not be set where the bot runs on ECS: it is for development`);
}

/** The agent of ECS is link-local: one on loopback is a rehearsal's. */
function isLoopback(url: string | undefined): boolean {
  return url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

/** A key that opens more must not be one that callers know. */
function keyProblems({ serverApiKey, startApiKey, adminApiKey }: Values['access']): string[] {
  if (serverApiKey === undefined) return [];
  const others = { [START_KEY]: startApiKey, [ADMIN_KEY]: adminApiKey };
  return Object.entries(others).flatMap(([name, key]) =>
    key === serverApiKey ? [`${SERVER_KEY} must be another key than ${name}`] : [],
  );
}

/** The values with what depends on several of them. */
function completed(values: Values, systemPrompt: string, env: NodeJS.ProcessEnv) {
  const { access, call, daily, model, region } = values;
  const transport = values.transport ?? (daily.apiKey === undefined ? 'webrtc' : 'daily');
  return {
    ...values,
    transport,
    ecs: ecsOf(values.ecs),
    phone: phoneOf(values),
    dialIn: dialInOf(values, transport),
    dialOut: dialOutOf(values, transport),
    records: { ...values.records, place: placeOf(values.records) },
    events: eventsOf(values.events),
    model: {
      ...model,
      systemPrompt,
      region: model.region ?? region,
      prices: pricesOf(model),
    },
    access: {
      ...access,
      unansweredStarts: access.unansweredStarts ?? defaultUnansweredStarts(call.maxCalls),
    },
    environment: { ...reportEnvironment(transport, env), missingForPhone: missingForPhone(values) },
    agentSecrets: new AgentSecrets(env),
  } as const;
}

/** Where records of calls go, which the reading has checked. */
function placeOf({ place }: Values['records']) {
  return place === undefined ? undefined : recordsPlace(place);
}

function pricesOf({ id, prices }: Values['model']) {
  return prices ?? offeredModel(id)?.pricesUsd;
}

/** At least half of the places stay for other callers, where there is more than one. */
function defaultUnansweredStarts(maxCalls: number): number {
  return Math.max(1, Math.min(3, Math.floor(maxCalls / 2)));
}

function readSystemPrompt(model: Values['model'], problems: string[]): string {
  const { systemPrompt: prompt, systemPromptFile: path } = model;
  if (path === undefined) return prompt ?? DEFAULT_SYSTEM_PROMPT;
  if (prompt !== undefined) problems.push('SYSTEM_PROMPT and SYSTEM_PROMPT_FILE must not both be set');
  const { name, rule } = VARIABLES.model.systemPromptFile;
  try {
    const content = readFileSync(path);
    const read = new TextDecoder('utf-8', { fatal: true }).decode(content).trim();
    if (read !== '' && content.byteLength <= MAX_PROMPT_BYTES) return read;
    problems.push(`${name} must be ${rule} of 1 to ${MAX_PROMPT_BYTES} bytes`);
  } catch (error) {
    const { code = 'unreadable' } = error as Partial<NodeJS.ErrnoException>;
    problems.push(`${name} must be ${rule} in UTF-8 (${code})`);
  }
  return DEFAULT_SYSTEM_PROMPT;
}

/** Both addresses of the ECS agent, which a container of ECS has; undefined: this is no task of ECS. */
function ecsOf({ agentUri, metadataUri, ...rest }: Values['ecs']) {
  if (agentUri === undefined || metadataUri === undefined) return undefined;
  return { agentUri, metadataUri, ...rest } as const;
}

function reportEnvironment(
  transport: TransportName,
  env: NodeJS.ProcessEnv,
): Omit<EnvironmentReport, 'missingForPhone'> {
  const required: readonly VariableName[] = TRANSPORTS[transport].required;
  const isSet = (name: string): boolean => rawValue(env, name) !== undefined;
  return {
    required,
    missing: required.filter((name) => !isSet(name)),
    missingOfAgents: [],
    secrets: Object.fromEntries(ALL_VARIABLES.filter(({ secret }) => secret).map(({ name }) => [name, isSet(name)])),
  };
}

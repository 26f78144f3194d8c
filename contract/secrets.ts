import { randomBytes } from 'node:crypto';
import type { TransportName } from './transports';
import { VARIABLES, type VariableName } from './variables';

const { access, awsCredentials, daily, events, phone, records, region } = VARIABLES;
const { twilio } = phone;

/** What a client must show to start a call. */
export const START_KEY = access.startApiKey.name;
/** What a server shows to set any variable of a call. */
export const SERVER_KEY = access.serverApiKey.name;
/** Opens the operator's view. */
export const ADMIN_KEY = access.adminApiKey.name;

/** What a server shows to have the bot call somebody. */
export const PHONE_CALLS_KEY = phone.outbound.key.name;

type Telephone = { readonly outbound?: object | undefined } | undefined;

/** The settings of a deployment that decide which secrets there are and what is in them. */
export interface SecretSettings {
  readonly region: string;
  readonly secrets: {
    /** First part of every name. */
    readonly namePrefix: string;
    readonly useStaticCredentials: boolean;
    readonly startKey: boolean;
    readonly serverKey: boolean;
    readonly adminKey: boolean;
    readonly existingKmsKeyArn?: string | undefined;
  };
  readonly transport: TransportName;
  /** Undefined where nobody telephones; with `outbound` the bot calls people, too. */
  readonly phone?: Telephone;
  /** The same, of telephones that Daily carries. */
  readonly dailyPhone?: Telephone;
  readonly records?: { readonly pseudonyms: boolean; readonly events: { readonly webhook?: string | undefined } };
}

/** An agent, and the secrets that its tools name. */
export interface AgentSecrets {
  readonly name: string;
  readonly needs: { readonly secrets: readonly string[] };
}

/** One key of a secret's JSON: also the name of the variable that it becomes. */
export interface SecretField {
  readonly key: string;
  /** Taken when nobody gives a value and none is stored. */
  readonly fallback?: (settings: SecretSettings) => string;
  /** Bytes from the operating system, as 43 characters. */
  readonly generate?: () => string;
  /**
   * The key whose value before the present one this holds, or whose next one: both are accepted while values change. It
   * has the same value where there is no other, because ECS starts no task that lacks a key.
   */
  readonly besides?: string;
  /** There for other readers: the container gets the variable plainly. */
  readonly isNotInjected?: true;
}

interface CatalogueEntry {
  readonly holds: string;
  readonly fields: readonly (SecretField & { readonly key: VariableName })[];
  readonly isWanted: (settings: SecretSettings) => boolean;
}

/** 32 bytes as Daily reads them. */
const randomBase64 = (): string => randomBytes(32).toString('base64');

const randomKey = (): string => randomBytes(32).toString('base64url');

/** By the last part of the name, in the order in which they are worked on. */
const CATALOGUE = {
  'daily-api-key': {
    holds: 'Daily.co API credentials',
    fields: [{ key: daily.apiKey.name }, { key: daily.apiUrl.name, fallback: () => daily.apiUrl.fallback }],
    isWanted: ({ transport }) => transport === 'daily',
  },
  'aws-credentials': {
    holds: 'Static AWS credentials',
    fields: [
      { key: awsCredentials.hasAccessKeyId.name },
      { key: awsCredentials.hasSecretAccessKey.name },
      { key: region.name, fallback: (settings) => settings.region, isNotInjected: true },
    ],
    isWanted: ({ secrets }) => secrets.useStaticCredentials,
  },
  'start-api-key': {
    holds: 'What a client must show to start a call',
    fields: [{ key: START_KEY, generate: randomKey }],
    isWanted: ({ secrets }) => secrets.startKey,
  },
  'server-api-key': {
    holds: 'What a server shows to set the variables of calls',
    fields: [{ key: SERVER_KEY, generate: randomKey }],
    isWanted: ({ secrets }) => secrets.serverKey,
  },
  'admin-api-key': {
    holds: "Opens the operator's view",
    fields: [{ key: ADMIN_KEY, generate: randomKey }],
    isWanted: ({ secrets }) => secrets.adminKey,
  },
  'twilio-credentials': {
    holds: 'Twilio: what signs its requests, and what the bot asks it with',
    fields: [
      { key: twilio.accountSid.name },
      { key: twilio.authToken.name },
      { key: twilio.otherAuthToken.name, besides: twilio.authToken.name },
      { key: twilio.apiKeySid.name },
      { key: twilio.apiKeySecret.name },
    ],
    isWanted: (settings) => settings.phone !== undefined,
  },
  'phone-stream-key': {
    holds: "Signs the addresses of telephone calls' audio",
    fields: [
      { key: phone.streamKey.name, generate: randomKey },
      { key: phone.otherStreamKey.name, besides: phone.streamKey.name },
    ],
    isWanted: (settings) => settings.phone !== undefined,
  },
  'daily-pinless-hmac': {
    holds: 'What Daily signs its word of telephone calls with',
    fields: [{ key: daily.pinlessHmac.name, generate: randomBase64 }],
    isWanted: (settings) => settings.dailyPhone !== undefined,
  },
  'phone-calls-key': {
    holds: 'What a server shows to have the bot call somebody',
    fields: [{ key: PHONE_CALLS_KEY, generate: randomKey }],
    isWanted: ({ phone: twilios, dailyPhone }) => (twilios ?? dailyPhone)?.outbound !== undefined,
  },
  'call-records-key': {
    holds: "Makes callers' pseudonyms in records of calls",
    fields: [{ key: records.key.name, generate: randomKey }],
    isWanted: (settings) => settings.records?.pseudonyms === true,
  },
  'call-events-key': {
    holds: 'Signs the events of calls that are posted to a webhook',
    fields: [
      { key: events.key.name, generate: randomKey },
      { key: events.otherKey.name, besides: events.key.name },
    ],
    isWanted: (settings) => settings.records?.events.webhook !== undefined,
  },
} as const satisfies Record<string, CatalogueEntry>;

/** Nobody has to choose these: they are made up where they are wanted and none is given. */
export const GENERATED_UNASKED: readonly SecretId[] = [
  'phone-stream-key',
  'daily-pinless-hmac',
  'phone-calls-key',
  'call-records-key',
  'call-events-key',
];

/** The last part of a secret's name, as typed after `secrets rotate`: the bot's own, or an agent's. */
export type SecretId = keyof typeof CATALOGUE | `agent-${string}`;
/** The bot's own. */
export const SECRET_IDS = Object.keys(CATALOGUE) as readonly (keyof typeof CATALOGUE)[];

/** Which secret of a deployment a variable of the container comes from, where its settings want that; else undefined. */
export const secretThatInjects = (name: string): SecretId | undefined =>
  SECRET_IDS.find((id) => {
    const { fields }: CatalogueEntry = CATALOGUE[id];
    return fields.some(({ key, isNotInjected }) => key === name && isNotInjected !== true);
  });

/** A secret of an environment. */
export interface SecretSpec {
  readonly id: SecretId;
  /** In Secrets Manager, as in `pipecat/daily-api-key`. */
  readonly name: string;
  readonly description: string;
  /** The key it is made with where Terraform does not make it; undefined is AWS's own. */
  readonly kmsKeyId: string | undefined;
  readonly fields: readonly SecretField[];
  /** The keys that ECS injects into the container. */
  readonly injected: readonly string[];
  /** Whether the settings have the task use it. */
  readonly isWanted: boolean;
}

/**
 * Every secret that an environment may have: the bot's own, and one for each agent whose tools need any. A name that
 * several agents use is one variable; the first of them holds it.
 */
export function secretsOf(settings: SecretSettings, agents: readonly AgentSecrets[]): readonly SecretSpec[] {
  const own = SECRET_IDS.map((id) => {
    const { holds, isWanted, fields }: CatalogueEntry = CATALOGUE[id];
    return specOf(id, holds, fields, isWanted(settings), settings);
  });
  const held = new Set<string>();
  const ofAgents = agents.flatMap(({ name, needs }) => {
    const keys = needs.secrets.filter((key) => !held.has(key));
    for (const key of keys) held.add(key);
    const fields = keys.map((key) => ({ key }));
    return keys.length === 0 ? [] : [specOf(`agent-${name}`, `For tools of the agent ${name}`, fields, true, settings)];
  });
  return [...own, ...ofAgents];
}

function specOf(
  id: SecretId,
  holds: string,
  fields: readonly SecretField[],
  isWanted: boolean,
  { secrets }: SecretSettings,
): SecretSpec {
  return {
    id,
    name: `${secrets.namePrefix}/${id}`,
    description: `${holds}: {${fields.map(({ key }) => `"${key}"`).join(', ')}}`,
    kmsKeyId: secrets.existingKmsKeyArn,
    fields,
    injected: fields.filter(({ isNotInjected }) => isNotInjected !== true).map(({ key }) => key),
    isWanted,
  };
}

/** The roles of a task that may read its secrets: ECS injects them at the start, so the bot itself seldom needs to. */
export function secretReaders({
  readAtRuntime,
}: {
  readonly readAtRuntime: boolean;
}): readonly ('execution' | 'task')[] {
  return readAtRuntime ? ['execution', 'task'] : ['execution'];
}

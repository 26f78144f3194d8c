import { ADMIN_KEY, SERVER_KEY, START_KEY } from '../contract/secrets';
import type { TransportName } from '../contract/transports';
import { twilioApiUrl } from '../contract/twilio-api';
import type { ValuesOf } from '../contract/variable-readers';
import { type VariableName, VARIABLES } from '../contract/variables';

type Values = ValuesOf<typeof VARIABLES>;
type PhoneValues = Values['phone'];

const { phone: NAMES, agents: AGENTS } = VARIABLES;

/** A telephone that can ring: everything it cannot do without is set. */
export interface PhoneConfig extends Pick<
  PhoneValues,
  'numbers' | 'liveCallsPerNumber' | 'liveCallsWithheld' | 'withheldCallsPerDay'
> {
  /** An origin, without a slash at its end. */
  readonly publicUrl: string;
  /** The one that signs first. */
  readonly streamKeys: readonly [Buffer, ...Buffer[]];
  readonly twilio: TwilioAccount;
  /** Undefined: the bot calls nobody. */
  readonly outbound: OutboundConfig | undefined;
}

export interface TwilioAccount {
  readonly accountSid: string;
  /** Any of them may have signed. */
  readonly authTokens: readonly string[];
  readonly rest: { readonly url: string; readonly user: string; readonly password: string };
}

export type OutboundConfig = Omit<PhoneValues['outbound'], 'key'> & {
  readonly key: string;
  /** The number that is called from unless a request says otherwise. */
  readonly defaultFrom: string;
};

/** Telephone calls that Daily holds until the bot is in a room for them. */
export interface DialInConfig extends Pick<
  PhoneValues,
  'numbers' | 'liveCallsPerNumber' | 'liveCallsWithheld' | 'withheldCallsPerDay'
> {
  /** What Daily signs with. */
  readonly key: Buffer;
  /** Where other tasks are reached, by the load balancer, an origin; undefined where there are none. */
  readonly publicUrl: string | undefined;
  /** What callers' numbers are hashed with: the same as elsewhere where there is one. */
  readonly callersKey: Buffer;
}

/** @returns undefined where calls are not in Daily's rooms, or Daily's word of a call could not be proved */
export function dialInOf({ daily, phone }: Values, transport: TransportName): DialInConfig | undefined {
  if (transport !== 'daily' || daily.pinlessHmac === undefined) return undefined;
  const key = keyOf(daily.pinlessHmac);
  const { publicUrl, streamKey } = phone;
  return {
    ...phone,
    key,
    publicUrl: publicUrl === undefined ? undefined : new URL(publicUrl).origin,
    callersKey: streamKey === undefined ? key : keyOf(streamKey),
  };
}

/** Telephones that Daily rings for the bot. */
export type DialOutConfig = Omit<OutboundConfig, 'from' | 'defaultFrom'> & {
  /** Numbers of ours, the first one by default, each with Daily's name of it. */
  readonly callerIds: Values['daily']['callerIds'];
  /** What the numbers of those who are called are hashed with. */
  readonly calleesKey: Buffer;
};

/** @returns undefined where calls are not in Daily's rooms, another carrier makes them, or none are to be made */
export function dialOutOf({ daily, phone }: Values, transport: TransportName): DialOutConfig | undefined {
  const { key, from: _, ...outbound } = phone.outbound;
  const { callerIds, pinlessHmac } = daily;
  if (transport !== 'daily' || phone.provider !== undefined || key === undefined || callerIds.length === 0) {
    return undefined;
  }
  const shared = phone.streamKey ?? pinlessHmac;
  const calleesKey = shared === undefined ? Buffer.from(key) : keyOf(shared);
  return { ...outbound, key, callerIds, calleesKey };
}

/** What the telephone cannot do without and has not: it is off then. */
export function missingForPhone({ phone }: Values): readonly VariableName[] {
  if (phone.provider === undefined) return [];
  const needed = [
    [NAMES.publicUrl.name, phone.publicUrl],
    [NAMES.streamKey.name, phone.streamKey],
    [NAMES.twilio.accountSid.name, phone.twilio.accountSid],
    [NAMES.twilio.authToken.name, phone.twilio.authToken],
  ] as const;
  return needed.flatMap(([name, value]) => (value === undefined ? [name] : []));
}

/** @returns undefined where there is no telephone, or something that it cannot do without is not set */
export function phoneOf({ phone }: Values): PhoneConfig | undefined {
  const { provider, publicUrl, streamKey, otherStreamKey, twilio, ...rest } = phone;
  const { accountSid, authToken, otherAuthToken } = twilio;
  if (provider === undefined || publicUrl === undefined || streamKey === undefined) return undefined;
  if (accountSid === undefined || authToken === undefined) return undefined;
  const others = otherStreamKey === undefined ? [] : [keyOf(otherStreamKey)];
  return {
    ...rest,
    publicUrl: new URL(publicUrl).origin,
    streamKeys: [keyOf(streamKey), ...others],
    twilio: {
      accountSid,
      authTokens: otherAuthToken === undefined ? [authToken] : [authToken, otherAuthToken],
      rest: {
        url: twilioApiUrl(twilio),
        user: twilio.apiKeySid ?? accountSid,
        password: twilio.apiKeySecret ?? authToken,
      },
    },
    outbound: outboundOf(phone.outbound),
  };
}

const keyOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

function outboundOf({ key, ...rest }: PhoneValues['outbound']): OutboundConfig | undefined {
  const defaultFrom = rest.from[0];
  return key === undefined || defaultFrom === undefined ? undefined : { ...rest, key, defaultFrom };
}

/** What is set and cannot be, each as "NAME must …". */
export function phoneProblems(values: Values): string[] {
  const { phone, daily, agents } = values;
  if (phone.provider === undefined) {
    return [...numberProblems(phone), ...(daily.callerIds.length === 0 ? [] : dialOutProblems(values))];
  }
  return [
    ...pairProblems(phone.twilio),
    ...numberProblems(phone),
    ...outboundProblems(values),
    ...agents.destinations.flatMap(({ name, address }) =>
      isDialled(address)
        ? []
        : [
            `${AGENTS.destinations.name} must lead to tel:+NUMBER or sip: where the bot has a telephone; ${name} does not`,
          ],
    ),
  ];
}

/** What a line can be connected with: a number in E.164, or a SIP address. */
function isDialled(address: string): boolean {
  return /^tel:\+[1-9]\d{6,14}$/.test(address) || /^sips?:[^\s@]+@[^\s@]+$/.test(address);
}

function pairProblems(twilio: PhoneValues['twilio']): string[] {
  const pairs = [
    ['apiKeySid', 'apiKeySecret'],
    ['region', 'edge'],
  ] as const;
  return pairs.flatMap(([one, other]) =>
    (twilio[one] === undefined) === (twilio[other] === undefined)
      ? []
      : [`${NAMES.twilio[one].name} and ${NAMES.twilio[other].name} must be set together or not at all`],
  );
}

function numberProblems({ numbers }: PhoneValues): string[] {
  const seen = new Set<string>();
  const isTwice = numbers.some(({ number }) => seen.size === seen.add(number).size);
  return isTwice ? [`${NAMES.numbers.name} must name a number once`] : [];
}

/** What calls need that Daily makes. */
function dialOutProblems(values: Values): string[] {
  const { key, prefixes } = values.phone.outbound;
  const name = NAMES.outbound.key.name;
  return [
    ...(key === undefined ? [`${name} must be set where ${VARIABLES.daily.callerIds.name} is`] : []),
    ...keyProblems(values),
    ...(key !== undefined && prefixes.length === 0
      ? [`${NAMES.outbound.prefixes.name} must be set where ${name} is`]
      : []),
  ];
}

/** A key that calls people at our cost must not be one that callers, pages or operators have. */
function keyProblems({ phone, access }: Values): string[] {
  const name = NAMES.outbound.key.name;
  const others = {
    [START_KEY]: access.startApiKey,
    [SERVER_KEY]: access.serverApiKey,
    [ADMIN_KEY]: access.adminApiKey,
  };
  const { key } = phone.outbound;
  return Object.entries(others).flatMap(([other, value]) =>
    key !== undefined && value === key ? [`${name} must be another key than ${other}`] : [],
  );
}

function outboundProblems(values: Values): string[] {
  const { key, prefixes, from } = values.phone.outbound;
  if (key === undefined) return [];
  const name = NAMES.outbound.key.name;
  return [
    ...keyProblems(values),
    ...(prefixes.length === 0 ? [`${NAMES.outbound.prefixes.name} must be set where ${name} is`] : []),
    ...(from.length === 0 ? [`${NAMES.outbound.from.name} must be set where ${name} is`] : []),
  ];
}

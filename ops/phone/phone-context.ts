import { PHONE_CALLS_KEY, type SecretId, secretsOf } from '../../contract/secrets';
import { twilioApiUrl } from '../../contract/twilio-api';
import { VARIABLES } from '../../contract/variables';
import { hasTelephone, type Settings } from '../../stacks/settings';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { openSource } from '../environment/sources';
import { SecretStore } from '../secrets/store';
import type { TwilioAccess } from './twilio-api';

const { twilio } = VARIABLES.phone;

export type PhoneSettings = NonNullable<Settings['phone']>;

/** The telephone of an environment at Twilio, and the origin that it is reached at. @throws OpsError `settings_invalid` */
export function phoneOf(context: Context): { phone: PhoneSettings; publicUrl: string } {
  const publicUrl = publicUrlOf(context);
  const { phone } = context.settings;
  if (phone !== undefined) return { phone, publicUrl };
  throw new OpsError('settings_invalid', `environments/${context.environment}.json has no phone`, 'docs/phone.md');
}

/** The origin that a carrier reaches the bot at. @throws OpsError `settings_invalid` */
export function publicUrlOf({ settings, environment }: Context): string {
  const { domain } = settings;
  // The settings' own rules see to it that a telephone has a domain.
  if (hasTelephone(settings) && domain !== undefined) return `https://${domain.name}`;
  throw new OpsError(
    'settings_invalid',
    `environments/${environment}.json has neither phone nor dailyPhone`,
    'Name your number and who answers it: docs/phone.md',
  );
}

/** Values of a secret, as it is stored, else as they are given in `.env` or the environment. */
export async function secretValues(
  context: Context,
  id: SecretId,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const kind = secretsOf(context.settings, await context.agents()).find((one) => one.id === id);
  if (kind === undefined) throw new OpsError('unexpected', `there is no secret ${id}`);
  const state = await new SecretStore(context.aws(), context.redactor).state(kind.name);
  const stored = state.kind === 'present' ? state.values : {};
  const source = openSource(context);
  const values = new Map<string, string>();
  for (const name of names) {
    const value = stored[name] ?? source.get(name)?.value;
    if (typeof value === 'string') values.set(name, value);
    else if (state.kind === 'unreadable') throw state.why;
  }
  const missing = names.filter((name) => !values.has(name));
  if (missing.length === 0) return values;
  throw new OpsError(
    'secret_has_no_value',
    `${kind.name} holds no ${missing.join(' and no ')}, and .env sets none`,
    'Set it in .env, then: npm run ops -- secrets setup',
  );
}

/** What Twilio signs with, and how its REST API is asked. */
export interface TwilioCredentials {
  readonly access: TwilioAccess;
  readonly authToken: string;
}

/** @throws OpsError */
export async function twilioCredentials(context: Context, phone: PhoneSettings): Promise<TwilioCredentials> {
  const names = [twilio.accountSid, twilio.authToken, twilio.apiKeySid, twilio.apiKeySecret].map(({ name }) => name);
  const values = await secretValues(context, 'twilio-credentials', names);
  const [accountSid = '', authToken = '', user = '', password = ''] = names.map((name) => values.get(name));
  return { access: { url: apiUrl(context, phone), accountSid, user, password }, authToken };
}

/** The key that has the bot call somebody. @throws OpsError */
export async function callsKey(context: Context): Promise<string> {
  const values = await secretValues(context, 'phone-calls-key', [PHONE_CALLS_KEY]);
  return values.get(PHONE_CALLS_KEY) ?? '';
}

function apiUrl({ io }: Context, phone: PhoneSettings): string {
  const { name, read, rule } = twilio.apiUrl;
  const given = io.env[name];
  if (given === undefined || given === '') return twilioApiUrl(phone.twilio ?? {});
  const url = read(given);
  if (url === undefined) throw new OpsError('usage', `${name} must be ${rule}.`);
  return twilioApiUrl({ apiUrl: url });
}

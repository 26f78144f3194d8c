import { TWILIO_PATHS } from '../../bot/transport/twilio';
import type { NumberSettings } from './twilio-api';
import type { PhoneSettings } from './phone-context';

/**
 * How Twilio asks a webhook, as the fragment of its URL: three tries of 4 s fit into the 15 s that there are, and another
 * try meets another task. Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
const RETRIES = '#ct=2000&rt=4000&rc=2&rp=ct,rt,5xx';

/**
 * What a number must be set to, so that its calls come here.
 * @param publicUrl an origin
 */
export function wantedSettings(phone: PhoneSettings, publicUrl: string, options: { retries: boolean }): NumberSettings {
  const how = options.retries ? RETRIES : '';
  const voice = `${publicUrl}${TWILIO_PATHS.voice}`;
  return {
    VoiceUrl: voice + how,
    VoiceMethod: 'POST',
    // After three tries in vain, one more for whichever task is there then; a document of yours speaks without any.
    VoiceFallbackUrl: phone.fallbackUrl ?? voice,
    VoiceFallbackMethod: 'POST',
    StatusCallback: `${publicUrl}${TWILIO_PATHS.status}${how}`,
    StatusCallbackMethod: 'POST',
    VoiceApplicationSid: '',
    TrunkSid: '',
  };
}

/** One setting that is other than it must be. */
export interface Difference {
  readonly name: keyof NumberSettings;
  readonly is: string;
  readonly wanted: string;
}

export function differences(is: NumberSettings, wanted: NumberSettings): Difference[] {
  return (Object.keys(wanted) as (keyof NumberSettings)[])
    .filter((name) => is[name] !== wanted[name])
    .map((name) => ({ name, is: is[name], wanted: wanted[name] }));
}

/** Whether calls come here all the same: only how often Twilio tries, and what it tells besides, is another. */
export function isReached(found: readonly Difference[]): boolean {
  const withoutHow = (url: string): string => url.replace(/#.*$/, '');
  return found.every(
    ({ name, is, wanted }) =>
      ['VoiceFallbackUrl', 'VoiceFallbackMethod', 'StatusCallback', 'StatusCallbackMethod'].includes(name) ||
      (name === 'VoiceUrl' && withoutHow(is) === withoutHow(wanted)),
  );
}

export const shown = ({ name, is, wanted }: Difference): string =>
  `${name} ${is === '' ? 'is not set' : `is ${is}`}${wanted === '' ? ', and must not be set' : `, must be ${wanted}`}`;

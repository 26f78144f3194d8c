import type { OwnNumber } from '../types';
import { Form } from './form';
import { invalid } from './rest-error';

const UPDATE = [
  'FriendlyName',
  'VoiceUrl',
  'VoiceMethod',
  'VoiceFallbackUrl',
  'VoiceFallbackMethod',
  'StatusCallback',
  'StatusCallbackMethod',
  'VoiceApplicationSid',
  'TrunkSid',
];
const LIST = ['PhoneNumber', 'PageSize', 'Page', 'PageToken'];

/** The account's numbers. Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
export function listNumbers(values: URLSearchParams, numbers: readonly OwnNumber[], accountSid: string): object {
  const form = new Form(values, LIST);
  const wanted = form.text('PhoneNumber') ?? '';
  const found = numbers.filter(({ phoneNumber }) => phoneNumber.includes(wanted));
  return {
    incoming_phone_numbers: found.map((number) => numberView(number, accountSid)),
    page: 0,
    page_size: form.integer('PageSize', 50, 1_000),
    next_page_uri: null,
    uri: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`,
  };
}

/** Changes what becomes of calls to a number. @throws RestError 21502 for what is no address */
export function updateNumber(number: OwnNumber, values: URLSearchParams, accountSid: string): object {
  const form = new Form(values, UPDATE);
  const url = (name: string, before: string): string => {
    const value = form.text(name);
    if (value === undefined) return before;
    if (value !== '' && !(URL.canParse(value) && /^https?:/.test(value)))
      throw invalid(21502, `${name} is not a valid URL`);
    return value;
  };
  const method = (name: string, before: string): string =>
    form.oneOf(name, ['GET', 'POST'], before === 'GET' ? 'GET' : 'POST');
  Object.assign(number, {
    voiceUrl: url('VoiceUrl', number.voiceUrl),
    voiceMethod: method('VoiceMethod', number.voiceMethod),
    voiceFallbackUrl: url('VoiceFallbackUrl', number.voiceFallbackUrl),
    voiceFallbackMethod: method('VoiceFallbackMethod', number.voiceFallbackMethod),
    statusCallback: url('StatusCallback', number.statusCallback),
    statusCallbackMethod: method('StatusCallbackMethod', number.statusCallbackMethod),
    voiceApplicationSid: form.text('VoiceApplicationSid') ?? number.voiceApplicationSid,
    trunkSid: form.text('TrunkSid') ?? number.trunkSid,
  } satisfies Partial<OwnNumber>);
  return numberView(number, accountSid);
}

export function numberView(number: OwnNumber, accountSid: string): object {
  return {
    sid: number.sid,
    account_sid: accountSid,
    phone_number: number.phoneNumber,
    friendly_name: number.phoneNumber,
    voice_url: number.voiceUrl,
    voice_method: number.voiceMethod,
    voice_fallback_url: number.voiceFallbackUrl,
    voice_fallback_method: number.voiceFallbackMethod,
    status_callback: number.statusCallback,
    status_callback_method: number.statusCallbackMethod,
    voice_application_sid: number.voiceApplicationSid,
    trunk_sid: number.trunkSid === '' ? null : number.trunkSid,
    capabilities: { voice: true, sms: false, mms: false, fax: false },
    status: 'in-use',
    uri: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
  };
}

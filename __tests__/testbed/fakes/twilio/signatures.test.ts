import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { signatureHeaders } from '../../../../testbed/fakes/twilio/signatures';
import type { SignatureForm } from '../../../../testbed/fakes/twilio/types';

const TOKENS = ['a'.repeat(32), 'b'.repeat(32)] as const;
const WEBHOOK = 'https://voice.example.com/phone/voice?try=1';
const STREAM = 'wss://voice.example.com/media/a.b';
const FORM = { From: '', CallSid: 'CA1', To: '+14155550100' };

/** What the official validator says of a form, for a webhook and for an upgrade. */
function judged(form: SignatureForm, token: string = TOKENS[0]): [boolean, boolean] {
  const webhook = signatureHeaders([...TOKENS], WEBHOOK, FORM, form)['X-Twilio-Signature'] ?? '';
  const upgrade = signatureHeaders([...TOKENS], STREAM, {}, form)['X-Twilio-Signature'] ?? '';
  return [validateRequest(token, webhook, WEBHOOK, FORM), validateRequest(token, upgrade, STREAM, {})];
}

it('signs webhooks and upgrades so that the official library takes them', () => {
  expect(judged('plain')).toEqual([true, true]);
  expect(judged('second-token')).toEqual([false, false]);
  expect(judged('second-token', TOKENS[1])).toEqual([true, true]);
});

it('makes the forms that Twilio is said to make and its own library refuses for wss', () => {
  // 6.2.0 adds `:80` to whatever is not https.
  expect(judged('with-port')).toEqual([true, false]);
  expect(judged('with-slash')).toEqual([false, false]);
});

it.each<SignatureForm>(['other-token', 'other-url', 'missing', 'garbage', 'shared-key'])(
  'makes %s, which is no signature',
  (form) => expect(judged(form)).toEqual([false, false]),
);

it('names the settings of a shared key, which 6.2.0 of the library cannot check', () => {
  expect(signatureHeaders([...TOKENS], WEBHOOK, FORM, 'shared-key')).toHaveProperty(
    'X-Twilio-Webhooks-Signature-Settings',
  );
  expect(signatureHeaders([...TOKENS], WEBHOOK, FORM, 'missing')).toEqual({});
});

import type { FakeTwilio, SignatureForm } from '../../../fakes/twilio';
import { PHONE_HOST } from '../../../processes';
import { mutateText } from '../mutate';
import type { Random } from '../random';
import { Finding } from '../target';
import { announced, offeredPath, openStream, postForm, VOICE } from './caller';

const BAD_FORMS = ['https', 'other-token', 'other-url', 'missing', 'garbage', 'shared-key'] as const;
/** Those of a webhook: its URL is one of https, so that this form is right for it. */
const BAD_WEBHOOK_FORMS = ['other-token', 'other-url', 'missing', 'garbage', 'shared-key'] as const;
const PATHS = [
  VOICE,
  '/phone/twilio/after?try=2',
  '/phone/twilio/dialled',
  '/phone/twilio/status',
  '/phone/twilio/amd',
] as const;
/** What refuses; 404 where the address is that of no route any more. */
const REFUSALS = new Set([400, 403, 404, 409, 413, 415, 429]);

/** One request that Twilio never made, of which the bot must believe nothing. @throws Finding when it does */
export async function forge(botUrl: string, twilio: FakeTwilio, random: Random): Promise<void> {
  const { form } = announced(twilio, random.integer(0, 8_999));
  switch (random.integer(0, 4)) {
    case 0: {
      const path = random.pick(PATHS);
      const bad = random.pick(BAD_WEBHOOK_FORMS);
      refused(await posted(botUrl, twilio, path, form, form, bad), `${path} signed as ${bad}`);
      return;
    }
    case 1: {
      // Signed for other parameters than come.
      const changed = {
        ...form,
        [random.pick(['From', 'To', 'CallSid', 'Extra'])]: `+1415555${random.integer(1_000, 9_999)}`,
      };
      refused(await posted(botUrl, twilio, VOICE, form, changed, 'plain'), 'changed parameters');
      return;
    }
    case 2: {
      // A proxy's headers, and a host of the attacker's, with a signature for that.
      const url = `https://attacker.example${VOICE}`;
      const headers = {
        Host: 'attacker.example',
        'X-Forwarded-Host': 'attacker.example',
        'X-Forwarded-Proto': 'https',
        'X-Twilio-Signature': twilio.sign(url, form),
      };
      refused((await postForm(botUrl, VOICE, form, headers)).status, 'a signature for another host');
      return;
    }
    case 3: {
      const path = await offeredPath(botUrl, twilio, announced(twilio, random.integer(0, 8_999)));
      refusedStream(await openStream(botUrl, twilio, path, random.pick(BAD_FORMS)), 'a forged upgrade');
      return;
    }
    default: {
      const path = await offeredPath(botUrl, twilio, announced(twilio, random.integer(0, 8_999)));
      const changed = path.replace(/[^/]+$/, (token) => mutateText(token, random).replaceAll(/[^\w.-]/g, '') || 'x');
      if (changed === path) return;
      refusedStream(await openStream(botUrl, twilio, changed, 'plain'), 'an altered token');
    }
  }
}

async function posted(
  botUrl: string,
  twilio: FakeTwilio,
  path: string,
  signed: Readonly<Record<string, string>>,
  sent: Readonly<Record<string, string>>,
  form: SignatureForm,
): Promise<number> {
  const signature = twilio.sign(`https://${PHONE_HOST}${path}`, signed, form);
  const headers = {
    Host: PHONE_HOST,
    ...(signature === '' ? {} : { 'X-Twilio-Signature': signature }),
    ...(form === 'shared-key' ? { 'X-Twilio-Webhooks-Signature-Settings': 'key=WK1,algorithm=HMAC_SHA256' } : {}),
  };
  return (await postForm(botUrl, path, sent, headers)).status;
}

function refused(status: number, what: string): void {
  if (!REFUSALS.has(status)) throw new Finding(`${what}: answered with ${status}`);
}

function refusedStream(answer: Awaited<ReturnType<typeof openStream>>, what: string): void {
  if (typeof answer === 'number') {
    refused(answer, what);
    return;
  }
  answer.terminate();
  throw new Finding(`${what}: the stream is opened`);
}

import { randomBytes } from 'node:crypto';
import { signatureOf, TWILIO_PATHS } from '../../bot/transport/twilio';
import { VARIABLES } from '../../contract/variables';
import { TWILIO_SIGNATURE_HEADER } from '../../contract/http';
import type { Context } from '../cli/context';
import { failedFinding, type Finding, type Section } from '../cli/report';
import { ask } from '../http/ask';
import { serviceUrl } from '../monitor/service-url';
import { checkDailyPhone } from './daily-numbers';
import { differences, isReached, shown, wantedSettings } from './number-settings';
import { type PhoneSettings, phoneOf, secretValues, type TwilioCredentials, twilioCredentials } from './phone-context';
import { notOwned } from './setup';
import { TwilioApi } from './twilio-api';

/** Whether the telephone would ring: credentials, numbers, keys, and what the bot says to requests in Twilio's name. */
export async function checkPhone(context: Context): Promise<Section[]> {
  if (context.settings.dailyPhone !== undefined) return checkDailyPhone(context);
  const { phone, publicUrl } = phoneOf(context);
  const section = (title: string, findings: readonly Finding[]): Section => ({ title, findings });
  const keys = await checkStreamKey(context);
  let credentials: TwilioCredentials;
  try {
    credentials = await twilioCredentials(context, phone);
  } catch (error) {
    return [section('Telephone', [failedFinding('Twilio', error), keys])];
  }
  const api = new TwilioApi(credentials.access, context.io.signal);
  const account = await checkAccount(api, credentials.access.accountSid);
  const isKnown = account.status !== 'failed';
  const numbers = isKnown ? await checkNumbers(api, phone, publicUrl) : [];
  const reached = await checkRequests(context, publicUrl, credentials);
  return [section('Telephone', [account, keys, ...numbers]), section("Requests in Twilio's name", reached)];
}

async function checkAccount(api: TwilioApi, accountSid: string): Promise<Finding> {
  const subject = 'Twilio';
  try {
    const { status, type } = await api.account();
    if (status !== 'active') {
      return { status: 'failed', subject, text: `the account ${accountSid} is ${status}`, fix: 'console.twilio.com' };
    }
    if (type !== 'Trial') return { status: 'ok', subject, text: `takes the API key of ${accountSid}` };
    const text =
      'takes the API key; it is a trial account, which speaks before each call and calls verified numbers only';
    return { status: 'warning', subject, text, fix: 'Upgrade it at console.twilio.com before others call.' };
  } catch (error) {
    return failedFinding(subject, error);
  }
}

async function checkStreamKey(context: Context): Promise<Finding> {
  const { name } = VARIABLES.phone.streamKey;
  try {
    await secretValues(context, 'phone-stream-key', [name]);
    return { status: 'ok', subject: name, text: 'is stored' };
  } catch (error) {
    return failedFinding(name, error);
  }
}

async function checkNumbers(api: TwilioApi, phone: PhoneSettings, publicUrl: string): Promise<Finding[]> {
  const wanted = wantedSettings(phone, publicUrl, { retries: true });
  const fix = 'npm run ops -- phone setup --apply';
  return Promise.all(
    Object.entries(phone.numbers).map(async ([number, agent]): Promise<Finding> => {
      try {
        const found = await api.number(number);
        if (found === undefined) return notOwned(number);
        const wrong = differences(found.settings, wanted);
        const text = wrong.map(shown).join('\n');
        if (wrong.length === 0) return { status: 'ok', subject: number, text: `comes here, to the agent ${agent}` };
        return { status: isReached(wrong) ? 'warning' : 'failed', subject: number, text, fix };
      } catch (error) {
        return failedFinding(number, error);
      }
    }),
  );
}

/** A callback of a call that there is not: signed, it is taken and changes nothing; unsigned, it is refused. */
async function checkRequests(
  context: Context,
  publicUrl: string,
  { access, authToken }: TwilioCredentials,
): Promise<Finding[]> {
  const address = publicUrl + TWILIO_PATHS.status;
  // Twilio signs the public address, whichever way the request comes.
  const url = ((await serviceUrl(context)) ?? publicUrl) + TWILIO_PATHS.status;
  const form = {
    AccountSid: access.accountSid,
    CallSid: `CA${'0'.repeat(32)}`,
    CallStatus: 'completed',
    SequenceNumber: '0',
  };
  const signature = signatureOf(authToken, address, Object.entries(form));
  const post = (header: string | undefined) =>
    ask(url, {
      signal: context.io.signal,
      method: 'POST',
      body: new URLSearchParams(form),
      ...(header === undefined ? {} : { headers: { [TWILIO_SIGNATURE_HEADER]: header } }),
    });
  const forged = randomBytes(20).toString('base64');
  const [signed, wrong] = [await post(signature), await post(forged)];
  return [judgeSigned(signed, url), judgeForged(wrong)];
}

type Answer = Awaited<ReturnType<typeof ask>>;

function judgeSigned(answer: Answer, url: string): Finding {
  const subject = 'signed';
  if (typeof answer === 'string') {
    const fix = 'Is the service deployed, and does the domain lead to its load balancer? npm run ops -- monitor --once';
    return { status: 'failed', code: 'no_network', subject, text: `no answer from ${url}: ${answer}`, fix };
  }
  const data = { httpStatus: answer.status };
  switch (answer.status) {
    case 204:
      return { status: 'ok', subject, text: 'is taken: the tasks know what Twilio signs with', data };
    case 403: {
      const fix =
        'Tasks started before the secret changed: npm run ops -- secrets rotate twilio-credentials --restart-only';
      return { status: 'failed', code: 'credentials_refused', subject, text: 'is refused (403)', fix, data };
    }
    case 404: {
      const text = 'is not known (404): the tasks have no telephone';
      return { status: 'failed', code: 'not_found', subject, text, fix: 'npm run ops -- deploy', data };
    }
    default:
      return { status: 'failed', subject, text: `is answered ${answer.status}`, fix: 'npm run ops -- monitor', data };
  }
}

function judgeForged(answer: Answer): Finding {
  const subject = 'forged';
  if (typeof answer === 'string') return { status: 'unknown', subject, text: `no answer: ${answer}` };
  const data = { httpStatus: answer.status };
  if (answer.status === 403 || answer.status === 404) return { status: 'ok', subject, text: 'is refused', data };
  if (answer.status === 429) return { status: 'ok', subject, text: 'is refused: too many were forged', data };
  return { status: 'failed', subject, text: `is answered ${answer.status}, not 403`, data };
}

import { createHmac, randomBytes } from 'node:crypto';
import { DAILY_DIAL_IN_PATH, DAILY_SIGNATURE_HEADER, DAILY_TIMESTAMP_HEADER } from '../../contract/http';
import { VARIABLES } from '../../contract/variables';
import type { Context } from '../cli/context';
import { failedFinding, type Finding, type Section } from '../cli/report';
import { ask } from '../http/ask';
import { serviceUrl } from '../monitor/service-url';
import { DailyDialIns, type DialIn } from './daily-api';
import { publicUrlOf, secretValues } from './phone-context';

const { daily } = VARIABLES;
/** What callers hear whom nobody takes. */
const MESSAGE = 'All lines are busy. Please call again later.';
const FIX = 'npm run ops -- phone setup --apply';

/** What is to be so at Daily. */
interface WantedNumbers {
  /** Each with the agent that answers it. */
  readonly numbers: Readonly<Record<string, string>>;
  /** Where Daily tells of calls. */
  readonly url: string;
  /** What it is to sign with. */
  readonly hmac: string;
}

/** Whether calls to each number come here, or that they do from now on. */
export async function dailyNumbers(context: Context, applies: boolean): Promise<Finding[]> {
  const names = [daily.apiKey.name, daily.apiUrl.name];
  try {
    const access = await secretValues(context, 'daily-api-key', names);
    const [apiKey = '', apiUrl = ''] = names.map((name) => access.get(name));
    const dialIns = new DailyDialIns({ apiUrl, apiKey }, context.io.signal);
    const numbers = context.settings.dailyPhone?.numbers ?? {};
    return await setUpNumbers(dialIns, { numbers, url: webhookOf(context), hmac: await hmacOf(context) }, applies);
  } catch (error) {
    return [failedFinding('Daily', error)];
  }
}

/** @throws OpsError where Daily does not tell what there is */
export async function setUpNumbers(
  dialIns: DailyDialIns,
  { numbers, url, hmac }: WantedNumbers,
  applies: boolean,
): Promise<Finding[]> {
  const found = await dialIns.list();
  const findings: Finding[] = [];
  for (const [number, agent] of Object.entries(numbers)) {
    const former = found.find(({ type, config }) => type === 'pinless_dialin' && config.phone_number === number);
    const wrong = differences(former, url, hmac);
    if (wrong.length === 0) findings.push({ status: 'ok', subject: number, text: `comes here, to the agent ${agent}` });
    else if (applies) findings.push(await setUp(dialIns, number, { url, hmac }, former));
    else findings.push({ status: 'planned', subject: number, text: wrong.join('\n') });
  }
  return findings;
}

/** Whether the telephone would ring: numbers, and what the bot says to requests in Daily's name. Nobody is called. */
export async function checkDailyPhone(context: Context): Promise<Section[]> {
  const numbers = await dailyNumbers(context, false);
  const findings = numbers.map((one): Finding =>
    one.status === 'planned' ? { ...one, status: 'failed', code: 'not_found', fix: FIX } : one,
  );
  const sections: Section[] = [{ title: 'Telephone', findings }];
  try {
    sections.push({ title: "Requests in Daily's name", findings: await checkRequests(context) });
  } catch (error) {
    sections.push({ title: "Requests in Daily's name", findings: [failedFinding('signed', error)] });
  }
  return sections;
}

const webhookOf = (context: Context): string => publicUrlOf(context) + DAILY_DIAL_IN_PATH;

async function hmacOf(context: Context): Promise<string> {
  const { name } = daily.pinlessHmac;
  return (await secretValues(context, 'daily-pinless-hmac', [name])).get(name) ?? '';
}

function differences(former: DialIn | undefined, url: string, hmac: string): string[] {
  const found = former?.config.room_creation_api ?? 'not set';
  return [
    ...(found === url ? [] : [`room_creation_api is ${found}, must be ${url}`]),
    ...(former?.config.hmac === hmac ? [] : ['hmac must be the value of the secret']),
  ];
}

async function setUp(
  dialIns: DailyDialIns,
  number: string,
  { url, hmac }: Pick<WantedNumbers, 'url' | 'hmac'>,
  former: DialIn | undefined,
): Promise<Finding> {
  const settings = {
    type: 'pinless_dialin',
    phone_number: number,
    name_prefix: 'va',
    hmac,
    room_creation_api: url,
    timeout_config: { message: MESSAGE },
  };
  try {
    const now = await (former === undefined ? dialIns.create(settings) : dialIns.update(former.id, settings));
    const left = differences(now, url, hmac);
    if (left.length === 0) return { status: 'changed', subject: number, text: 'comes here now' };
    const text = `was set, and yet ${left.join('; ')}`;
    return { status: 'failed', code: 'verification_failed', subject: number, text };
  } catch (error) {
    return failedFinding(number, error);
  }
}

/** A call without a name: signed, its fields are refused; signed by nobody, all of it is. */
async function checkRequests(context: Context): Promise<Finding[]> {
  const key = Buffer.from(await hmacOf(context), 'base64');
  const url = ((await serviceUrl(context)) ?? publicUrlOf(context)) + DAILY_DIAL_IN_PATH;
  const post = (signingKey: Buffer) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', signingKey).update(`${timestamp}.{}`).digest('base64');
    const headers = { [DAILY_SIGNATURE_HEADER]: signature, [DAILY_TIMESTAMP_HEADER]: timestamp };
    return ask(url, { signal: context.io.signal, method: 'POST', headers, body: {} });
  };
  const [signed, forged] = [await post(key), await post(randomBytes(32))];
  return [
    judge('signed', signed, 400, 'is taken: the tasks know what Daily signs with'),
    judge('forged', forged, 403, 'is refused'),
  ];
}

function judge(subject: string, answer: Awaited<ReturnType<typeof ask>>, expected: number, good: string): Finding {
  if (typeof answer === 'string') {
    const fix = 'Is the service deployed, and does the domain lead to its load balancer? npm run ops -- monitor --once';
    return { status: 'failed', code: 'no_network', subject, text: `no answer: ${answer}`, fix };
  }
  const data = { httpStatus: answer.status };
  if (answer.status === expected) return { status: 'ok', subject, text: good, data };
  const fix =
    'Tasks started before the secret changed: npm run ops -- secrets rotate daily-pinless-hmac --restart-only';
  return { status: 'failed', subject, text: `is answered ${answer.status}, not ${expected}`, fix, data };
}

import { createOtlpTracing } from '../../../bot/telemetry/otlp-tracing';
import type { Tracing } from '../../../bot/telemetry/tracing';
import { systemClock } from '../../../bot/time';
import { collect, transfer } from '../../../contract/agent';
import { OtlpReceiver } from '../../support/otlp-receiver';
import { PhoneBot } from '../../bot/phone/support/phone-bot';

const CALLER = '+14155550142';
const DESK = '+14155550188';
/** Long enough to be nowhere by chance, in the decimals of a duration. */
const PIN = '86420975';
const ADMIN = 'an-admin-key-of-the-test';
const TOOLS = {
  person: transfer({ to: { desk: { when: 'Anybody asks.' } } }),
  pin: collect({ asks: 'your PIN', value: 'digits', length: 8, isSecret: true }),
};

let collector: OtlpReceiver;
let tracing: Tracing;
let phone: PhoneBot;
/** Everything that the process has said of the call to anybody but Twilio, by where it said it. */
const told = new Map<string, string>();
const secrets = new Map<string, string>([
  ['the number that calls', CALLER.slice(2)],
  ['the number of the desk', DESK.slice(2)],
  ['the PIN', PIN],
  ['the key of operators', ADMIN],
]);

/* One call with all that is secret about it; what is looked for is looked for everywhere. */
beforeAll(async () => {
  collector = await OtlpReceiver.start();
  const service = { serviceName: 'test', version: 'test', withinMs: 2_000 };
  tracing = await createOtlpTracing({ endpoint: collector.url, clock: systemClock, ...service });
  phone = await PhoneBot.open(
    { TRANSFER_DESTINATIONS: `desk=tel:${DESK}`, ADMIN_API_KEY: ADMIN },
    { tools: TOOLS, tracing },
  );
  phone.twilio.callee(DESK, { kind: 'answers' });
  const call = await phone.greeted({ from: CALLER });
  const { TWILIO_API_KEY_SECRET = '', PHONE_STREAM_KEY = '' } = phone.twilio.environment;
  secrets
    .set('the number that is called', call.to.slice(2))
    .set('the token of the stream', /media\/(.{40})/.exec(call.stream?.url ?? '')?.[1] ?? '')
    .set("Twilio's token", phone.twilio.authTokens[0] ?? '')
    .set('the API key', TWILIO_API_KEY_SECRET)
    .set('the key of streams', PHONE_STREAM_KEY);
  phone.session.speak('A long story.', 4_000);
  phone.session.events.onInterrupted('caller');
  await call.press('75#', 10);
  await phone.until(() => phone.session.texts.length === 2, 'the keys');
  await phone.use('pin');
  await call.press(`${PIN}#`, 10);
  await phone.until(() => phone.session.texts.length === 3, 'the PIN');
  const headers = { Authorization: `Bearer ${ADMIN}` };
  told.set('/calls', await (await fetch(`${phone.url}/calls`, { headers })).text());
  await phone.use('person', { to: 'desk' });
  phone.session.speak('I connect you.', 100);
  await phone.ended('transferred');
  call.hangUp();
  for (const route of ['/metrics', '/health', '/ready']) {
    told.set(route, await (await fetch(`${phone.url}${route}`)).text());
  }
  const { texts, contexts, toolResults, options } = phone.session;
  told.set('the model', JSON.stringify([texts, contexts, toolResults, options]));
  await phone.close();
  await tracing.close();
  told.set('the log', phone.telemetry.lines.join('\n'));
  told.set('the trace', JSON.stringify([collector.spans, collector.resource]));
});
afterAll(() => collector.close());

it('phone 23: the log, at its most talkative, metrics, trace, and what operators see have been told of the call', () => {
  expect(told.get('the log')).toContain('phone call taken');
  expect(told.get('/metrics')).toMatch(/voice_agent_phone_calls_taken_total\S* 1/);
  expect(told.get('the trace')).toContain('"call"');
  expect(told.get('/calls')).toContain('"transport":"twilio"');
});

it('phone 23: none of them has a number, a secret digit, a token or a key', () => {
  expect([...secrets].filter(([, secret]) => secret.length < 8)).toEqual([]);
  const found = [...secrets].flatMap(([what, secret]) =>
    [...told].filter(([, text]) => text.includes(secret)).map(([where]) => `${what} in ${where}`),
  );
  expect(found).toEqual([]);
});

it('phone 23, dial2verify-twilio#1: the model, which a number must prove nothing to, is told none, and of secret keys how many', () => {
  expect(told.get('the model')).toContain('pressed your PIN');
  expect(told.get('the model')).not.toMatch(/8 6 4 2|4155550/);
  expect(told.get('the log')).not.toMatch(/"digit"|"button"|7 5/);
});

import { type FakeTwilio, openTwilio } from '../../../testbed/fakes/twilio';
import { connectBots, phoneEnvironment } from '../../../testbed/processes';
import { eventually } from '../../support/eventually';
import { Environment } from '../../e2e/support/environment';

let env: Environment;
let twilio: FakeTwilio;

beforeAll(async () => {
  twilio = await openTwilio();
  env = await Environment.start({
    env: {
      ...phoneEnvironment(twilio),
      NOVA_SONIC_ROTATE_SECONDS: '1',
      CALLS_PER_DAY: '1',
      CALLS_PER_CALLER_PER_DAY: '1',
      PHONE_LIVE_CALLS_PER_NUMBER: '1',
    },
  });
  connectBots(twilio, [env.baseUrl]);
});

afterAll(async () => {
  await twilio.close();
  await env.stop();
});

it('phone 19, 22: a call goes on past limits that are reached meanwhile, and past streams of the model', async () => {
  const call = twilio.ring({ from: '+14155550142' });
  await call.waitFor('audio');
  const second = twilio.ring({ from: '+14155550142' });
  expect(await second.ended).toMatchObject({ status: 'busy' });
  const third = twilio.ring({ from: '+14155550143' });
  expect(await third.ended).toMatchObject({ status: 'busy' });
  await eventually(() => env.sandbox.sessions.length >= 3, 'two streams of the model later', 30_000);
  const after = call.events.length - 1;
  await call.press('1#', 10);
  await call.waitFor('audio', { after });
  expect([call.status, call.streams.length, twilio.errors]).toEqual(['in-progress', 1, []]);
  call.hangUp();
  await call.ended;
});

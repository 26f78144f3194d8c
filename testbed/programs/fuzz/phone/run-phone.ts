import { connectBots, phoneEnvironment } from '../../../processes';
import { openTwilio, type FakeTwilio } from '../../../fakes/twilio';
import { FuzzBot } from '../fuzz-bot';
import { Random } from '../random';
import { Finding } from '../target';
import { forge } from './forged';
import { MalformedStream } from './malformed';

export interface PhoneFuzzOptions {
  readonly seed: number;
  readonly messages: number;
  readonly forged: number;
}

/** Requests at a time, and streams at a time. */
const AT_A_TIME = 8;
const NEIGHBOUR = '+14155550199';
const FREE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Requests that Twilio never made, and streams that say what Twilio never says. Nothing forged may open a session of the
 * model or hold a place, nothing malformed may end the process or reach a neighbour's call.
 * @throws Finding
 */
export async function runPhoneFuzz({ seed, messages, forged }: PhoneFuzzOptions): Promise<void> {
  const twilio = await openTwilio();
  const bot = await FuzzBot.start(phoneEnvironment(twilio));
  connectBots(twilio, [bot.url]);
  try {
    await each(forged, (n) => forge(bot.url, twilio, Random.ofInput(seed, 'phone-forged', n)));
    if (bot.sandbox.sessions.length > 0) throw new Finding('a forged request has opened a session of the model');
    await judgeFree(bot, 0);

    const neighbour = twilio.ring({ from: NEIGHBOUR, records: false });
    await neighbour.waitFor('audio');
    const streams = Array.from({ length: AT_A_TIME }, (_, lane) => new MalformedStream(bot.url, twilio, lane * 1_000));
    await Promise.all(
      streams.map(async (stream, lane) => {
        for (let n = lane; n < messages; n += AT_A_TIME) await stream.send(Random.ofInput(seed, 'phone-messages', n));
        await stream.close();
      }),
    );
    await judgeFree(bot, 1);
    await judgeNeighbour(neighbour);
    if (!(await bot.isHealthy())) throw new Finding('the process is frozen');
    if (bot.hasExited) throw new Finding('the process has ended');
    judgeRules(twilio);
  } finally {
    await twilio.close();
    await bot.stop();
  }
}

/** All of them, some at a time. */
async function each(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await work(n);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
}

/** No more places are held than there are calls. */
async function judgeFree(bot: FuzzBot, expected: number): Promise<void> {
  const until = performance.now() + FREE_WITHIN_MS;
  let held = await bot.calls();
  // Calls of which the bot has just closed the stream end in their own time.
  while (held.length > expected && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    held = await bot.calls();
  }
  if (held.length !== expected) throw new Finding(`${held.length} places are held, where ${expected} should be`);
}

async function judgeNeighbour(neighbour: ReturnType<FakeTwilio['ring']>): Promise<void> {
  if (neighbour.status !== 'in-progress') throw new Finding("the neighbour's call has ended");
  const after = neighbour.events.length - 1;
  await neighbour.press('1#');
  await neighbour.waitFor('audio', { after }).catch((error: unknown) => {
    throw new Finding('the neighbour is not answered', { cause: error });
  });
}

/** What the bot said to the neighbour's Twilio was all right. */
function judgeRules({ errors }: FakeTwilio): void {
  const [error] = errors;
  if (error !== undefined) throw new Finding(`the bot broke a rule of Twilio: ${error.code} ${error.about}`);
}

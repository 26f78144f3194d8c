import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { createBot } from '../bot/compose';
import { readConfig } from '../bot/config';
import { openConfiguredAgents, withNeedsOf } from '../bot/open-agents';
import { configuredTelemetry } from '../bot/process';
import { systemClock } from '../bot/time/clock';
import { Caller } from '../smoke/caller';
import { bundledScenario, FAKE_CREDENTIALS, startFakeBedrock } from '../testbed/fakes/bedrock/server';
import { stacksOf } from './measure-paths/frame-stacks';
import { enteredWhile, stopsOf } from './measure-paths/stops';

/*
 * `npm run measure:paths`: how far a reader has to walk, counted on the running bot.
 *
 * agents: from the configuration to the opened agents that `createBot` is given.
 *
 * boot: from `createBot` to a listening server. A stop is a function of bot/ that was entered and itself calls into
 * another file of bot/, other than to make an error; what only computes or keeps something is where a walk ends, not a stop on it.
 *
 * frame: from a caller's RTP packet to the HTTP/2 stream. A stop is a function of bot/ on the stack when the sound is
 * handed on: to the decoder, the buffer, base64, the message that goes to HTTP/2.
 */
const ROOT = path.join(__dirname, '..');
const BOT = path.join(ROOT, 'bot') + path.sep;
const FRAME_WINDOW_MS = 2000;

async function main(): Promise<void> {
  const bedrock = await startFakeBedrock({ scenario: bundledScenario() });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
  });
  const config = readConfig({
    TRANSPORT: 'webrtc',
    HOST: '127.0.0.1',
    FAST_API_PORT: '0',
    WEBRTC_BIND_ADDRESS: '127.0.0.1',
    LOG_LEVEL: 'silent',
    BEDROCK_ENDPOINT_URL: bedrock.url,
    AWS_REGION: 'eu-north-1',
  });
  const telemetry = await configuredTelemetry(config, systemClock);
  const session = new Session();
  session.connect();
  const opened = await enteredWhile(session, BOT, () => openConfiguredAgents(config, telemetry, systemClock));
  const agents = opened.result;
  print('opening the agents and their tools', stopsOf(opened.functions));
  const boot = await enteredWhile(session, BOT, async () => {
    const bot = await createBot(withNeedsOf(agents, config), telemetry, agents);
    return { bot, address: await bot.start() };
  });
  print('createBot to a listening server', stopsOf(boot.functions));
  const files = new Set(boot.functions.map(({ file }) => file));
  console.log(`  of ${boot.functions.length} functions entered in ${files.size} files`);

  const { bot, address } = boot.result;
  const caller = await Caller.connect({ baseUrl: `http://127.0.0.1:${address.port}` });
  await caller.waitForMessage('bot-stopped-speaking', 20_000);
  const frame = await stacksOf(BOT, FRAME_WINDOW_MS);
  print("a caller's frame, packet to HTTP/2", frame);
  caller.hangUp();
  await bot.stop(0);
  await bedrock.close();
}

function print(what: string, stops: readonly { readonly file: string; readonly name: string }[]): void {
  const files = new Set(stops.map(({ file }) => file));
  console.log(`${what}: ${stops.length} functions in ${files.size} files`);
  for (const { file, name } of stops) console.log(`  ${path.relative(ROOT, file)}  ${name}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

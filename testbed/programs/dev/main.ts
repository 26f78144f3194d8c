/**
 * `npm run dev [-- --agent NAME]`: the bot from its sources, as a developer wants it: with .env, the page, a log for people, and
 * agents that are read anew before each call; without credentials, on the stand-in for Bedrock.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pretty from 'pino-pretty';
import { FAKE_CREDENTIALS, startFakeBedrock } from '../../fakes/bedrock';
import { buildBot } from '../../processes';
import { nodeAdvice } from '../node-advice.cjs';
import { watchAgents } from './agents';
import { devEnvironment, needsStandIn, withAgents, withStandIn } from './environment';

const ROOT = path.join(__dirname, '../../..');
const ENV_FILE = path.join(ROOT, '.env');

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { agent: { type: 'string' } } });
  const text = existsSync(ENV_FILE) ? readFileSync(ENV_FILE, 'utf8') : undefined;
  const { environment, remarks } = devEnvironment(process.env, text);
  for (const remark of [nodeAdvice(), ...remarks]) if (remark !== undefined) console.error(remark);
  await buildBot();
  const agents = await watchAgents();
  const standIn = needsStandIn(environment) ? await startFakeBedrock({ keepAudioOf: 0 }) : undefined;
  if (standIn !== undefined) console.error('No AWS credentials: a stand-in speaks for the model (docs/sandbox.md).');
  const isTerminal = process.stdout.isTTY;
  const child = spawn(process.execPath, ['--import', 'tsx', 'bot/main.ts'], {
    cwd: ROOT,
    // What it would say at length is said above.
    env: {
      ...environment,
      ...(standIn === undefined ? {} : withStandIn(standIn.url, FAKE_CREDENTIALS)),
      ...withAgents(agents.folder, values.agent),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    stdio: ['inherit', isTerminal ? 'pipe' : 'inherit', 'inherit'],
  });
  child.stdout?.pipe(pretty({ colorize: true, ignore: 'pid,hostname,version', translateTime: 'SYS:HH:MM:ss.l' }));
  // Ctrl-C reaches the bot by itself, which may take its time to say goodbye; other signals are passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise<number>((resolve) => child.on('exit', (left) => resolve(left ?? 1)));
  await Promise.all([agents.stop(), standIn?.close()]);
  return code;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

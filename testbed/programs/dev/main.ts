/** `npm run dev`: the bot from its sources, as a developer wants it: with .env, the page, and a log for people. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pretty from 'pino-pretty';
import { buildBot } from '../../processes';
import { nodeAdvice } from '../node-advice.cjs';
import { devEnvironment } from './environment';

const ROOT = path.join(__dirname, '../../..');
const ENV_FILE = path.join(ROOT, '.env');

async function main(): Promise<number> {
  const text = existsSync(ENV_FILE) ? readFileSync(ENV_FILE, 'utf8') : undefined;
  const { environment, remarks } = devEnvironment(process.env, text);
  for (const remark of [nodeAdvice(), ...remarks]) if (remark !== undefined) console.error(remark);
  await buildBot();
  const isTerminal = process.stdout.isTTY;
  const child = spawn(process.execPath, ['--import', 'tsx', 'bot/main.ts'], {
    cwd: ROOT,
    // What it would say at length is said above.
    env: { ...environment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    stdio: ['inherit', isTerminal ? 'pipe' : 'inherit', 'inherit'],
  });
  child.stdout?.pipe(pretty({ colorize: true, ignore: 'pid,hostname,version', translateTime: 'SYS:HH:MM:ss.l' }));
  // Ctrl-C reaches the bot by itself, which may take its time to say goodbye; other signals are passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FAKE_CREDENTIALS } from '../../fakes/bedrock';
import { CASES, type ProbeCase } from './cases';
import { probeCase } from './probe-case';

const HELP = `Probes the stand-in with both dialects and every value of every switch, one at a time, and says where "ops bedrock probe" names another.

npm run probe:stand-in -- [options]
  --only TEXT    cases whose name holds TEXT, such as bargeIn
  --speed X      how many times as fast as the service [5]
  --at-once N    cases at the same time [6]
`;

/** The speed of a second look. */
const SLOWLY = 2;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      speed: { type: 'string', default: '5' },
      'at-once': { type: 'string', default: '6' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  process.env['AWS_ACCESS_KEY_ID'] = FAKE_CREDENTIALS.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = FAKE_CREDENTIALS.secretAccessKey;
  const cases = CASES.filter(({ name }) => name.includes(values.only));
  // Those that take minutes first, so that none is left over at the end.
  const queue = [...cases].sort((a, b) => Number(isLong(b)) - Number(isLong(a)));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'probe-stand-in-'));
  const doubtful: ProbeCase[] = [];
  const tell = (name: string, mistakes: readonly string[]): void =>
    console.log(
      `${mistakes.length === 0 ? 'ok   ' : 'WRONG'} ${name}${mistakes.map((one) => `\n      ${one}`).join('')}`,
    );
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const mistakes = await attempt(next, path.join(folder, next.name), Number(values.speed));
      if (mistakes.length === 0) tell(next.name, mistakes);
      else doubtful.push(next);
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, lane));
  let wrong = 0;
  // On a busy machine a clock that runs fast says little: alone and slower, a case has the last word.
  for (const one of doubtful) {
    const mistakes = await attempt(one, path.join(folder, `${one.name}-again`), SLOWLY);
    if (mistakes.length > 0) wrong += 1;
    tell(one.name, mistakes);
  }
  rmSync(folder, { recursive: true, force: true });
  console.log(`${cases.length - wrong} of ${cases.length} named rightly`);
  if (wrong > 0) process.exitCode = 1;
}

const isLong = ({ name }: ProbeCase): boolean => name.startsWith('idle') || name.startsWith('lifetime');

async function attempt(one: ProbeCase, folder: string, speed: number): Promise<string[]> {
  try {
    return await probeCase(one, folder, speed);
  } catch (error) {
    return [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
});

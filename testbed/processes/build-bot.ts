import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/**
 * Builds bot and pages into dist/, as the image does; not again within `npm test`, whose tests would read dist/ while it is
 * written. @throws Error when that fails.
 */
export const buildBot = (): Promise<void> => build([]);

/** Builds the pages alone, for a bot that is run from its sources. @throws Error when that fails */
export const buildPages = (): Promise<void> => build(['--pages']);

async function build(options: readonly string[]): Promise<void> {
  if (process.env['VOICE_AGENT_IS_BUILT'] === 'true') return;
  const child = spawn(process.execPath, ['scripts/build.mjs', ...options], {
    cwd: path.join(__dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('npm run build failed');
}

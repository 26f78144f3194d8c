import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/**
 * Builds bot and page into dist/, as the image does; not again within `npm test`, whose tests would read dist/ while it is
 * written. @throws Error when that fails.
 */
export async function buildBot(): Promise<void> {
  if (process.env['VOICE_AGENT_IS_BUILT'] === 'true') return;
  const root = path.join(__dirname, '../..');
  const child = spawn(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('npm run build failed');
}

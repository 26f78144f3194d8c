import path from 'node:path';
import { OpsError } from '../cli/ops-error';
import { SettingsError } from '../../stacks/settings-file';
import { COMMANDS } from './commands';
import { openContext, ReleaseError } from './context';

/* `npm run release -- COMMAND ENVIRONMENT …`: the steps of a release, which the workflows run one by one. */

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const stop = new AbortController();
// The first asks to stop where nothing is half done; a step that is under way ends by itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));

async function main([name, environment, ...words]: readonly string[]): Promise<number> {
  const command = COMMANDS.find(({ usage }) => usage.split(' ')[0] === name);
  if (command === undefined || environment === undefined) {
    const list = COMMANDS.map(({ usage, summary }) => `  ${usage.padEnd(46)} ${summary}`).join('\n');
    console.error(
      `usage: npm run release -- COMMAND ENVIRONMENT …\n\n${list}\n\ndocs/releases.md has the whole story.`,
    );
    return 2;
  }
  try {
    const context = openContext(environment, {
      env: process.env,
      root: path.join(__dirname, '../..'),
      signal: stop.signal,
      say: (line) => console.log(line),
    });
    try {
      await command.run(context, words);
      return 0;
    } finally {
      context.aws.close();
    }
  } catch (error) {
    const known = error instanceof ReleaseError || error instanceof SettingsError || error instanceof OpsError;
    console.error(`${name ?? ''}: ${error instanceof Error ? error.message : String(error)}`);
    if (known && 'fix' in error && error.fix !== '') console.error(`  → ${error.fix}`);
    if (!known && error instanceof Error) console.error(error.stack);
    return 1;
  }
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

import { findChromium } from '../../bot/transport/daily';
import { OpsError } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';
import { SMOKE_EXIT } from './smoke-exit';
import { smokeTest } from './smoke';
import { isProvedBad } from './verdict';

/*
 * The smoke call as a task of the bot's own image: `node dist/smoke/main.js URL VERSION`, with the variables and secrets of
 * the bot's container. One JSON line to the log, as the bot has them, and an exit code.
 */

/** What a browser needs of the environment; the keys are none of its business. */
const OF_BROWSER = ['PATH', 'HOME', 'TMPDIR', 'CHROMIUM_PATH'];

function say(level: 'info' | 'error', msg: string, more: object): void {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), msg, ...more })}\n`);
}

/** As the command line has it: nothing is any version, `/…/` a pattern. */
function versionIn(text: string): string | RegExp | undefined {
  if (text === '') return undefined;
  return /^\/.*\/$/.test(text) ? new RegExp(text.slice(1, -1)) : text;
}

async function main([url = '', version = '']: readonly string[]): Promise<number> {
  const env = { ...process.env };
  for (const name of Object.keys(process.env))
    if (!OF_BROWSER.includes(name)) Reflect.deleteProperty(process.env, name);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  try {
    if (env['TRANSPORT'] === 'daily') {
      process.env['CHROMIUM_PATH'] = findChromium(env['CHROMIUM_PATH'] || undefined).executablePath;
    }
    const unused = (): void => undefined;
    const said = await smokeTest(
      {
        io: { env, folder: process.cwd(), signal: stop.signal, stdout: unused, stderr: unused },
        // Here nothing is out of reach: what does not answer is a failure.
        settings: { environment: 'test', loadBalancer: { internal: false, allowedCidrs: ['0.0.0.0/0'] } },
        progress: (line) => say('info', 'smoke call goes on', { line }),
      },
      { url, version: versionIn(version) },
    );
    say('info', 'smoke call ended', { said: said.text, talked: said.isCalled });
    return said.isCalled ? SMOKE_EXIT.talked : SMOKE_EXIT.notCalled;
  } catch (error) {
    const code = error instanceof OpsError ? error.code : 'unexpected';
    say('error', 'smoke call failed', { code, said: readThrown(error).message });
    return isProvedBad(error) ? SMOKE_EXIT.failed : SMOKE_EXIT.inconclusive;
  }
}

void main(process.argv.slice(2)).then((status) => process.exit(status));

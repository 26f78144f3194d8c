import { runCli } from './cli/run-cli';
import { EXIT } from './cli/ops-error';

// Which Node the SDK will want next year is for `doctor` to say.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const stop = new AbortController();
const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/**
 * The first signal asks the command to stop where nothing is half done; the second does not ask. One Ctrl-C can come
 * twice, from the terminal and from a program in between (npm, tsx) that passes it on.
 */
const SAME_SIGNAL_WITHIN_MS = 500;
let firstAtMs = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) {
      firstAtMs = performance.now();
      stop.abort(signal);
    } else if (performance.now() - firstAtMs > SAME_SIGNAL_WITHIN_MS) process.exit(CODES[signal]);
  });
}
// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', () => undefined);

// `npm run ops` puts a `--` first: without it Node itself would take `--env-file`, wherever it stands.
const [first, ...rest] = process.argv.slice(2);
void runCli(first === '--' ? rest : process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  signal: stop.signal,
  stdin: () => process.stdin,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
}).then((code) => {
  process.exitCode = code;
});

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TerraformResult {
  /** Exit code; -1 when it was killed. */
  readonly status: number;
  /** Standard output and error, in the order they came. */
  readonly output: string;
}

export interface TerraformOptions {
  readonly folder: string;
  /** From `startProvider`. */
  readonly reattach?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Variables of our own environment that terraform may see: no credentials and no settings of the user's. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/**
 * Runs one terraform command without a question, a colour or a call home. Never throws for a failing command: a
 * caller may expect it.
 * @throws Error when terraform cannot be started
 */
export async function terraform(options: TerraformOptions, ...args: readonly string[]): Promise<TerraformResult> {
  const { folder, reattach, env = {}, timeoutMs = 120_000 } = options;
  const configFile = join(folder, 'terraformrc');
  writeFileSync(configFile, 'disable_checkpoint = true\n');
  const child = spawn('terraform', args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    env: {
      ...Object.fromEntries(
        PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
      ),
      // Commands live for half a second: collecting garbage less often saves a third of their CPU time.
      GOGC: '400',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      TF_CLI_ARGS: '-no-color',
      TF_CLI_CONFIG_FILE: configFile,
      CHECKPOINT_DISABLE: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(reattach === undefined ? {} : { TF_REATTACH_PROVIDERS: reattach }),
      ...env,
    },
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? -1, output }));
  });
}

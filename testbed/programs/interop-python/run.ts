import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import {
  type Dialect,
  DIALECTS,
  FAKE_CREDENTIALS,
  startFakeBedrock,
  TEST_ONLY_CERT_FILE,
  testOnlyTls,
} from '../../fakes/bedrock';
const HELP = `A call by AWS's SDK for Python on each dialect of the Bedrock stand-in, over TLS. Skipped, aloud, where Python 3.12 or the
SDK is missing.

npx tsx testbed/programs/interop-python/run.ts
  PYTHON    the interpreter [python3], e.g. that of a virtual environment with
            pip install 'aws-sdk-bedrock-runtime==0.12.0' 'awscrt~=0.32.0'
`;

/** What `call.py` ends with when a package is missing. */
const MISSING_PACKAGE = 3;
const REGION = 'eu-north-1';

/** @returns the exit code, or nothing when there is no such interpreter. */
async function python(args: readonly string[], env: Record<string, string>): Promise<number | undefined> {
  const child = spawn(process.env['PYTHON'] ?? 'python3', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } catch {
    return undefined;
  }
}

async function call(dialect: Dialect): Promise<number | undefined> {
  const sandbox = await startFakeBedrock({ voice: 'tone', dialect, region: REGION, tls: testOnlyTls() });
  try {
    const code = await python([path.join(__dirname, 'call.py')], {
      BEDROCK_ENDPOINT_URL: sandbox.url,
      BEDROCK_REGION: REGION,
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      NODE_EXTRA_CA_CERTS: TEST_ONLY_CERT_FILE,
    });
    for (const { message } of sandbox.sessions.flatMap(({ violations }) => violations)) console.error(message);
    return code;
  } finally {
    await sandbox.close();
  }
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  const version = await python(['-c', 'import sys; sys.exit(0 if sys.version_info >= (3, 12) else 1)'], {});
  if (version !== 0) {
    console.log('skipped: no Python 3.12 or later; PYTHON names an interpreter');
    return;
  }
  for (const dialect of Object.keys(DIALECTS) as Dialect[]) {
    const code = await call(dialect);
    if (code === MISSING_PACKAGE) {
      console.log('skipped: the SDK is not installed; --help says how');
      return;
    }
    console.log(`${dialect}: ${code === 0 ? 'passed' : 'failed'}`);
    if (code !== 0) process.exitCode = 1;
  }
}

void main();

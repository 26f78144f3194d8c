/** `npm run interop:python`: clients in Python hold calls on the Bedrock stand-in, over TLS, as they are. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  type Dialect,
  DIALECTS,
  FAKE_CREDENTIALS,
  type FakeSession,
  startFakeBedrock,
  TEST_ONLY_CERT_FILE,
  testOnlyTls,
} from '../../fakes/bedrock';
import { type Client, CLIENTS, scenario, type Told } from './clients';
import { findPython, prepareEnvironment } from './pythons';

const HELP = `npm run interop:python

AWS's SDK for Python and Pipecat's own Nova Sonic service each hold a call on both dialects of the Bedrock stand-in, on
loopback and over TLS. A client that cannot be had is skipped, and why is said. Needs Python 3.12, and PyPI the first time.
  PYTHON    the interpreter [the first of python3, python3.13, python3.12 that is new enough]

Exits with 1 when a call fails.`;

const REGION = 'eu-north-1';
const CALL_WITHIN_MS = 120_000;

/** @returns how many calls failed */
async function callOnEach(client: Client, python: string): Promise<number> {
  let failed = 0;
  for (const dialect of Object.keys(DIALECTS) as Dialect[]) {
    const { wrong, told } = await call(client, python, dialect);
    if (wrong !== undefined) failed += 1;
    console.log(`${wrong === undefined ? 'ok   ' : 'WRONG'} ${client.name} ${dialect}: ${told}`);
    if (wrong !== undefined) console.log(`      ${wrong}`);
  }
  return failed;
}

async function call(
  client: Client,
  python: string,
  dialect: Dialect,
): Promise<{ wrong: string | undefined; told: string }> {
  const sandbox = await startFakeBedrock({
    voice: 'tone',
    dialect,
    behaviours: client.behaviours,
    scenario: scenario(),
    region: REGION,
    tls: testOnlyTls(),
  });
  const env = {
    ...process.env,
    BEDROCK_ENDPOINT_URL: sandbox.url,
    BEDROCK_REGION: REGION,
    AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
    NODE_EXTRA_CA_CERTS: TEST_ONLY_CERT_FILE,
  };
  const options = { env, timeout: CALL_WITHIN_MS, killSignal: 'SIGKILL' } as const;
  try {
    const args = [path.join(__dirname, client.program), ...client.args];
    const { stdout } = await promisify(execFile)(python, args, options);
    const told = stdout.trim();
    return { wrong: judge(client, JSON.parse(told) as Told, sandbox.sessions), told };
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const refused = sandbox.sessions.flatMap(({ violations }) => violations.map(({ message }) => message));
    return { wrong: [String(error), stderr.trim(), ...refused].join('\n'), told: 'no call' };
  } finally {
    await sandbox.close();
  }
}

/** @returns what is wrong, or nothing */
function judge(client: Client, told: Told, sessions: readonly FakeSession[]): string | undefined {
  const [session, ...more] = sessions;
  if (session === undefined || more.length > 0) return `${sessions.length} streams for one call`;
  const refused = session.violations.find(
    ({ event, message }) => !(event === 'promptEnd' && client.refusedAtEnd?.test(message)),
  );
  return refused === undefined ? client.judge(told, session) : `${refused.event}: ${refused.message}`;
}

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const python = await findPython();
  if (python === undefined) {
    console.log('skipped: no Python 3.12 or later; PYTHON names an interpreter');
    return 0;
  }
  let failed = 0;
  for (const client of CLIENTS) {
    const environment = await prepareEnvironment(python, client.name);
    if ('missing' in environment) console.log(`skipped: ${client.name} cannot be had: ${environment.missing}`);
    else failed += await callOnEach(client, environment.python);
  }
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);

import { parseArgs } from 'node:util';
import { bundledScenario, loadScenario, FAKE_CREDENTIALS, startFakeBedrock } from '../fakes/bedrock/server';
import { TEST_ONLY_CERT_FILE, testOnlyTls } from '../fakes/bedrock/tls/pair';

const HELP = `A local stand-in for Amazon Bedrock's InvokeModelWithBidirectionalStream with Nova 2 Sonic behind it.

npm run sandbox -- [options]
  --port N            port on 127.0.0.1 [8200; 0 takes any free one]
  --tls               TLS with the test-only certificate
  --region NAME       region that requests must be signed for [eu-north-1]
  --scenario FILE     JSON that names the words of recordings [the one that comes with the sandbox]
  --record DIR        keep what each session heard, as DIR/<n>-heard.wav
  --voice espeak|tone what it speaks with [espeak]
  --time-scale X      speed up the 8-minute and 55-second limits [1]
  --quiet             do not print what happens
  --help
`;

function readOptions() {
  return parseArgs({
    options: {
      port: { type: 'string', default: '8200' },
      tls: { type: 'boolean', default: false },
      region: { type: 'string', default: 'eu-north-1' },
      scenario: { type: 'string' },
      record: { type: 'string' },
      voice: { type: 'string', default: 'espeak' },
      'time-scale': { type: 'string', default: '1' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

function number(text: string, name: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Error(`--${name} must be a number from ${min} to ${max}`);
  return value;
}

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.voice !== 'espeak' && values.voice !== 'tone') throw new Error('--voice must be espeak or tone');
  const sandbox = await startFakeBedrock({
    port: number(values.port, 'port', 0, 65_535),
    region: values.region,
    voice: values.voice,
    timeScale: number(values['time-scale'], 'time-scale', 0.001, 100_000),
    scenario: values.scenario === undefined ? bundledScenario() : loadScenario(values.scenario),
    ...(values.tls ? { tls: testOnlyTls() } : {}),
    ...(values.record === undefined ? {} : { recordTo: values.record }),
    ...(values.quiet ? {} : { log: (line) => console.error(JSON.stringify(line)) }),
  });
  console.log(`BEDROCK_ENDPOINT_URL=${sandbox.url}`);
  console.log(`BEDROCK_REGION=${values.region}`);
  console.log(`AWS_ACCESS_KEY_ID=${FAKE_CREDENTIALS.accessKeyId}`);
  console.log(`AWS_SECRET_ACCESS_KEY=${FAKE_CREDENTIALS.secretAccessKey}`);
  if (values.tls) console.log(`NODE_EXTRA_CA_CERTS=${TEST_ONLY_CERT_FILE}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});

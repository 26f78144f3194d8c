import { parseArgs } from 'node:util';
import {
  type Behaviours,
  behavioursOf,
  bundledScenario,
  DEFAULT_DIALECT,
  type Dialect,
  DIALECTS,
  FAKE_CREDENTIALS,
  isDialect,
  isScriptName,
  loadCassette,
  loadScenario,
  parseSwitch,
  SCRIPTS,
  startFakeBedrock,
  SWITCH_NAMES,
  SWITCHES,
  TEST_ONLY_CERT_FILE,
  testOnlyTls,
} from '../fakes/bedrock';
/** A recording was played, and the bot did otherwise. */
const EXIT_DEPARTED = 4;

const HELP = `A local stand-in for Amazon Bedrock's InvokeModelWithBidirectionalStream with Nova 2.5 Sonic (and 2) behind it.

npm run sandbox -- [options]
  --port N            port on 127.0.0.1 [8200; 0 takes any free one]
  --tls               TLS with the test-only certificate
  --region NAME       region that requests must be signed for [eu-north-1]
  --scenario FILE     JSON that names the words of recordings [the one that comes with the sandbox]
  --record DIR        keep what each session heard, as DIR/<n>-heard.wav
  --voice espeak|tone what it speaks with [espeak]
  --time-scale X      speed up the 8-minute and 55-second limits [1]
  --dialect NAME      documented, or live: as the service was seen [${DEFAULT_DIALECT}]
  --script NAME       a way of the live service; may be given more than once
  --set NAME=VALUE    one switch; may be given more than once, and goes over scripts
  --mix SEED          any of the live ways for each session, drawn by the seed
  --replay FILE       play a recording to the first stream, a second one to the second…: docs/recordings.md; exits with 4
                      when a bot did otherwise than it had done
  --list              print scripts and switches
  --speech-scale X    speed up thinking and speaking [1]
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
      dialect: { type: 'string', default: DEFAULT_DIALECT },
      script: { type: 'string', multiple: true, default: [] },
      set: { type: 'string', multiple: true, default: [] },
      mix: { type: 'string' },
      replay: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      'speech-scale': { type: 'string', default: '1' },
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

function list(): string {
  const scripts = Object.entries(SCRIPTS).map(([name, { about }]) => `  ${name.padEnd(26)} ${about}`);
  const switches = SWITCH_NAMES.map((name) => `  ${name.padEnd(26)} ${SWITCHES[name].join(' | ')}`);
  return `Scripts:\n${scripts.join('\n')}\n\nSwitches, the live default first:\n${switches.join('\n')}\n`;
}

function readDialect({ dialect }: ReturnType<typeof readOptions>): Dialect {
  if (!isDialect(dialect)) throw new Error(`--dialect is one of ${Object.keys(DIALECTS).join(', ')}`);
  return dialect;
}

function readBehaviours(values: ReturnType<typeof readOptions>): Partial<Behaviours> {
  const scripts = values.script.map((name) => {
    if (!isScriptName(name)) throw new Error(`No script ${name}; --list prints them`);
    return name;
  });
  return Object.assign(behavioursOf(scripts), ...values.set.map((text) => parseSwitch(text))) as Partial<Behaviours>;
}

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.list) {
    process.stdout.write(list());
    return;
  }
  if (values.voice !== 'espeak' && values.voice !== 'tone') throw new Error('--voice must be espeak or tone');
  const sandbox = await startFakeBedrock({
    port: number(values.port, 'port', 0, 65_535),
    region: values.region,
    voice: values.voice,
    dialect: readDialect(values),
    behaviours: readBehaviours(values),
    ...(values.mix === undefined ? {} : { mix: number(values.mix, 'mix', 0, 2 ** 32) }),
    speechScale: number(values['speech-scale'], 'speech-scale', 0.001, 1000),
    timeScale: number(values['time-scale'], 'time-scale', 0.001, 100_000),
    scenario: values.scenario === undefined ? bundledScenario() : loadScenario(values.scenario),
    ...(values.tls ? { tls: testOnlyTls() } : {}),
    ...(values.record === undefined ? {} : { recordTo: values.record }),
    replay: values.replay.map((file) => loadCassette(file)),
    ...(values.quiet ? {} : { log: (line) => console.error(JSON.stringify(line)) }),
  });
  console.log(`BEDROCK_ENDPOINT_URL=${sandbox.url}`);
  console.log(`BEDROCK_REGION=${values.region}`);
  console.log(`AWS_ACCESS_KEY_ID=${FAKE_CREDENTIALS.accessKeyId}`);
  console.log(`AWS_SECRET_ACCESS_KEY=${FAKE_CREDENTIALS.secretAccessKey}`);
  if (values.tls) console.log(`NODE_EXTRA_CA_CERTS=${TEST_ONLY_CERT_FILE}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

  async function stop(): Promise<void> {
    await sandbox.close();
    const played = sandbox.sessions.slice(0, values.replay.length);
    for (const [index, { departures }] of played.entries()) {
      console.log(`${values.replay[index]}: ${departures[0]?.what ?? 'as recorded'}`);
      for (const line of departures[0]?.diff ?? []) console.log(`  ${line}`);
      if (departures.length > 0) process.exitCode = EXIT_DEPARTED;
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});

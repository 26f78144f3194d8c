/** `npm run demo`: a whole spoken call on loopback, judged; then a page to talk to the bot yourself. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { localDaily, startFakeDaily } from '../../fakes/daily';
import { bundledScenario, FAKE_CREDENTIALS, type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
import { writeWav } from '../../speech';
import { BotProcess, buildBot } from '../../processes';
import { placeDailyCall } from './daily-call';
import { callerFigures, isRight, modelFigures, type Figure } from './measure';
import { MachineWatch, verdict, type Verdict } from './machine';
import { DEMO_HELP, EXIT_MACHINE_BUSY, parseOptions, type DemoOptions } from './options';
import { placeCall, TYPED, type PlacedCall } from './place-call';
import { transcriptLines } from './transcript';

const EXIT_CODES: Readonly<Record<Verdict, number>> = { right: 0, wrong: 1, 'machine-was-busy': EXIT_MACHINE_BUSY };
const CONCLUSIONS: Readonly<Record<Verdict, (stalledMs: number) => string>> = {
  right: () => 'All right.',
  wrong: () => 'Something is wrong: see the lines marked !!',
  'machine-was-busy': (stalledMs) =>
    `This machine was busy: it kept a thread that does nothing waiting for ${Math.round(stalledMs)} ms, which accounts for ` +
    'the lines marked !! Try again when it has less to do.',
};

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(DEMO_HELP);
    return 0;
  }
  console.log('Building the bot and its page…');
  await buildBot();
  if (options.daily) return demoDaily(options);
  const sandbox = options.bedrock ? undefined : await startModel(options);
  let bot: BotProcess | undefined;
  try {
    bot = await BotProcess.start(options.port, botEnvironment(sandbox));
    console.log(
      sandbox === undefined ? 'Calling Amazon Nova Sonic…' : 'Calling the bot; the model is the local sandbox…',
    );
    const machine = new MachineWatch();
    const call = await placeCall(bot.url);
    const code = await judge(call, sandbox, await machine.stop(), options);
    call.caller.hangUp();
    if (options.once) return code;
    console.log(`\nNow you: open ${bot.url}/ and speak or type. Ctrl-C ends it.`);
    await Promise.race([interrupted(), bot.exited]);
    return code;
  } finally {
    await bot?.stop();
    await sandbox?.close();
  }
}

/** The same through a Daily room; the caller is the Pipecat client in a browser. */
async function demoDaily(options: DemoOptions): Promise<number> {
  const sandbox = await startModel(options);
  const daily = await startFakeDaily();
  const local = await localDaily(daily);
  let bot: BotProcess | undefined;
  try {
    bot = await BotProcess.start(options.port, { ...botEnvironment(sandbox), ...local.environment });
    console.log('Calling the bot through a Daily room; Daily and the model are local sandboxes…');
    const machine = new MachineWatch();
    const call = await placeDailyCall(bot.url, daily.bundleUrl, () => sandbox.waitForSession());
    const stalledMs = await machine.stop();
    mkdirSync(options.recordings, { recursive: true });
    const callerFile = path.join(options.recordings, 'daily-caller-heard.wav');
    writeWav(callerFile, { rateHz: call.heard.rateHz, samples: call.heard.pcm });
    console.log(`\nWhat was said (typed: "${TYPED}")\n`);
    for (const line of call.lines) console.log(line);
    return report(call.figures, stalledMs, [callerFile], options);
  } finally {
    await bot?.stop();
    await daily.close();
    await sandbox.close();
    local.remove();
  }
}

function startModel({ dialect }: DemoOptions): Promise<FakeBedrock> {
  return startFakeBedrock({ dialect, scenario: bundledScenario() });
}

function botEnvironment(sandbox: FakeBedrock | undefined): Record<string, string | undefined> {
  const local = { WEBRTC_BIND_ADDRESS: '127.0.0.1', TRANSPORT: 'webrtc', USER_ABSENT_SECONDS: '120' };
  if (sandbox === undefined) return { ...process.env, ...local };
  return {
    ...local,
    AWS_REGION: 'eu-north-1',
    AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
    BEDROCK_ENDPOINT_URL: sandbox.url,
    NOVA_SONIC_ENDPOINTING: 'HIGH',
  };
}

/** Saves what was heard, prints transcript and figures. @returns the program's exit code */
async function judge(
  call: PlacedCall,
  sandbox: FakeBedrock | undefined,
  stalledMs: number,
  options: DemoOptions,
): Promise<number> {
  const { caller } = call;
  mkdirSync(options.recordings, { recursive: true });
  const callerFile = path.join(options.recordings, 'caller-heard.wav');
  writeWav(callerFile, { rateHz: caller.heard.rateHz, samples: caller.heard.pcm });
  const files = [callerFile];
  const figures: Figure[] = callerFigures(call);
  figures.push({ name: 'tool calls answered', value: call.toolCalls, unit: '', limit: { atLeast: 1 } });
  const session = await sandbox?.waitForSession();
  if (session !== undefined) {
    const modelFile = path.join(options.recordings, 'model-heard.wav');
    writeWav(modelFile, { rateHz: 16_000, samples: session.heardPcm16k() });
    files.push(modelFile);
    figures.push(...modelFigures(call, session));
    figures.push({ name: "the model's complaints", value: session.violations.length, unit: '', limit: { atMost: 0 } });
  }
  console.log(`\nWhat was said (typed: "${TYPED}")\n`);
  for (const line of transcriptLines(caller.messages, caller.timings.beganMs)) console.log(line);
  return report(figures, stalledMs, files, options);
}

function report(figures: readonly Figure[], stalledMs: number, files: readonly string[], options: DemoOptions): number {
  console.log('\nFigures\n');
  for (const figure of figures) console.log(figureLine(figure));
  console.log(`\nListen: ${files.join(', ')}`);
  const judged = verdict(figures, stalledMs);
  if (options.json) console.log(JSON.stringify({ right: judged === 'right', verdict: judged, stalledMs, figures }));
  console.log(`\n${CONCLUSIONS[judged](stalledMs)}`);
  return EXIT_CODES[judged];
}

function figureLine(figure: Figure): string {
  const { name, value, unit, limit, note } = figure;
  const shown = Number.isFinite(value) ? `${value.toFixed(unit === '%' ? 1 : 0)} ${unit}` : 'never';
  const bound = 'atMost' in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
  const hint = note === undefined ? '' : `, ${note}`;
  return `${isRight(figure) ? '  ' : '!!'} ${name.padEnd(52)} ${shown.padStart(9)}   (${bound}${hint})`;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

main().then(
  (code) => {
    // The caller's WebRTC library keeps threads of its own.
    process.exit(code);
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

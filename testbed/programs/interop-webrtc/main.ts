/** `npm run interop:webrtc`: the bot is called by WebRTC stacks of other languages, as they offer by themselves. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
import { type BotProcess, buildBot, startBot } from '../../processes';
import { dominantHz, tone } from '../../speech';
import { prepareAiortc, preparePion, type Stack } from './stacks';

const HELP = `npm run interop:webrtc

Calls a built bot on loopback by pion (Go) and aiortc (Python), and prints of each call what both sides heard. A stack
that cannot be had is skipped, and why is said. Needs Go 1.24 and Python 3.10, and their registries the first time.
  PYTHON    the interpreter [python3]

Exits with 1 when a call fails.`;

const SPOKEN_HZ = 440;
const SPOKEN_MS = 2_000;
const FRAME_SAMPLES = 480;
const CALL_WITHIN_MS = 45_000;
/** Of the bot's voice, a second's packets. */
const HEARD_PACKETS = 50;

interface Heard {
  readonly packets: number;
  readonly error?: string;
}

/** The tone as Opus packets of 20 ms, for stacks that have no encoder. */
async function writeSpeech(file: string): Promise<void> {
  const { createEncoder } = await import('libopus-wasm');
  const encoder = await createEncoder({ channels: 1, sampleRate: 24_000, frameSize: FRAME_SAMPLES });
  const pcm = tone(SPOKEN_HZ, SPOKEN_MS, 24_000);
  const packets: string[] = [];
  for (let from = 0; from + FRAME_SAMPLES <= pcm.length; from += FRAME_SAMPLES) {
    packets.push(Buffer.from(encoder.encode(pcm.subarray(from, from + FRAME_SAMPLES))).toString('base64'));
  }
  encoder.free();
  writeFileSync(file, `${packets.join('\n')}\n`);
}

async function callBy(stack: Stack, kind: string, botUrl: string, speech: string): Promise<Heard> {
  const [program, ...args] = stack.command;
  const options = { timeout: CALL_WITHIN_MS, killSignal: 'SIGKILL' } as const;
  try {
    const { stdout } = await promisify(execFile)(program, [...args, botUrl, kind, speech], options);
    return JSON.parse(stdout) as Heard;
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    return { packets: 0, error: stdout.trim() === '' ? String(error) : stdout.trim() };
  }
}

/** What the model heard of the last call, in Hz. */
function heardByModel(sandbox: FakeBedrock): number {
  const pcm = sandbox.sessions.at(-1)?.heardPcm16k() ?? new Int16Array();
  const spoken = pcm.findIndex((sample) => Math.abs(sample) > 2_000);
  return spoken < 0 || pcm.length - spoken < 12_000
    ? 0
    : dominantHz(pcm.subarray(spoken + 4_000, spoken + 12_000), 16_000);
}

/** @returns what is wrong, or nothing */
function judge(kind: string, heard: Heard, hz: number): string | undefined {
  if (heard.error !== undefined) return heard.error;
  if (kind === 'sendonly' ? heard.packets > 0 : heard.packets < HEARD_PACKETS) return 'the voice of the bot';
  if (kind !== 'recvonly' && Math.abs(hz - SPOKEN_HZ) > 20) return 'the voice of the caller';
  return undefined;
}

async function callAll(stack: Stack, bot: BotProcess, sandbox: FakeBedrock, speech: string): Promise<number> {
  let failed = 0;
  for (const kind of stack.calls) {
    const heard = await callBy(stack, kind, bot.url, speech);
    const hz = heardByModel(sandbox);
    const wrong = judge(kind, heard, hz);
    if (wrong !== undefined) failed += 1;
    const verdict = wrong === undefined ? 'ok   ' : 'WRONG';
    console.log(`${verdict} ${stack.name} ${kind}: it heard ${heard.packets} packets, the bot ${Math.round(hz)} Hz`);
    if (wrong !== undefined) console.log(`      ${wrong}`);
  }
  return failed;
}

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const stacks = await Promise.all([preparePion(), prepareAiortc()]);
  const ready = stacks.filter((stack) => typeof stack !== 'string');
  for (const reason of stacks) if (typeof reason === 'string') console.log(`skipped: ${reason}`);
  if (ready.length === 0) return 0;
  await buildBot();
  const folder = mkdtempSync(path.join(tmpdir(), 'interop-webrtc-'));
  const sandbox = await startFakeBedrock({ voice: 'tone' });
  let failed = 0;
  try {
    const speech = path.join(folder, 'speech');
    await writeSpeech(speech);
    const bot = await startBot(sandbox.url, 4);
    try {
      for (const stack of ready) failed += await callAll(stack, bot, sandbox, speech);
    } finally {
      await bot.stop();
    }
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const calls = ready.reduce((sum, stack) => sum + stack.calls.length, 0);
  console.log(`${calls - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);

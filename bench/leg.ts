import path from 'node:path';
import { FAKE_CREDENTIALS } from '../testbed/fakes/bedrock/server';
import { Worker, type Cost } from '../testbed/processes/worker';

/** What a subject is asked to do. */
export interface LegRequest {
  readonly url: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
  readonly calls: number;
  readonly seconds: number;
}

type Subject = 'leg-ours' | 'leg-bare';
type LegCost = Cost & { readonly receivedSamples: number; readonly faults: number };

/** The cost of the Bedrock leg at `calls` conversations, and of the floor. */
export interface LegResult {
  readonly calls: number;
  readonly oursCpuPercentPerCall: number;
  readonly bareCpuPercentPerCall: number;
  /** Ours to bare. */
  readonly ratio: number;
  readonly oursMbPerCall: number;
  readonly bareMbPerCall: number;
  /** Of the speech that the model sent, received: below 1 somebody was too slow. */
  readonly receivedShare: number;
  readonly faults: number;
}

/** Runs bare, ours, bare: the machine's mood is then the same for both. */
export async function benchLeg(calls: number, seconds: number): Promise<LegResult> {
  const before = await runSubject('leg-bare', calls, seconds);
  const ours = await runSubject('leg-ours', calls, seconds);
  const after = await runSubject('leg-bare', calls, seconds);
  const bareCpu = (cpuPercent(before) + cpuPercent(after)) / 2;
  const empty = { ours: await emptyRssMb('leg-ours'), bare: await emptyRssMb('leg-bare') };
  return {
    calls,
    oursCpuPercentPerCall: cpuPercent(ours) / calls,
    bareCpuPercentPerCall: bareCpu / calls,
    ratio: cpuPercent(ours) / bareCpu,
    oursMbPerCall: (ours.rssMb - empty.ours) / calls,
    bareMbPerCall: (after.rssMb - empty.bare) / calls,
    receivedShare: ours.receivedSamples / after.receivedSamples,
    faults: ours.faults + before.faults + after.faults,
  };
}

/** What the Bedrock leg alone costs, in % of a core per call. */
export async function benchLegOfBot(calls: number, seconds: number): Promise<number> {
  return cpuPercent(await runSubject('leg-ours', calls, seconds)) / calls;
}

function cpuPercent({ cpuMs, wallMs }: Cost): number {
  return (100 * cpuMs) / wallMs;
}

async function runSubject(subject: Subject, calls: number, seconds: number): Promise<LegCost> {
  const sandbox = await Worker.startBedrock();
  const worker = await Worker.start(path.join(__dirname, `${subject}.ts`));
  try {
    const url = await sandbox.ask<string>('start');
    const { accessKeyId, secretAccessKey } = FAKE_CREDENTIALS;
    const request: LegRequest = { url, credentials: { accessKeyId, secretAccessKey }, calls, seconds };
    const result = await worker.ask<LegCost>('run', request);
    const violations = await sandbox.ask<unknown[]>('violations');
    if (violations.length > 0)
      throw new Error(`${subject} broke a rule of the model: ${JSON.stringify(violations[0])}`);
    return result;
  } finally {
    await worker.stop();
    await sandbox.stop();
  }
}

/** What the process weighs before its first call. */
async function emptyRssMb(subject: Subject): Promise<number> {
  const worker = await Worker.start(path.join(__dirname, `${subject}.ts`));
  try {
    return await worker.ask<number>('rss');
  } finally {
    await worker.stop();
  }
}

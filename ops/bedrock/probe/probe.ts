import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../contract/make-folder';
import { recordingSource, SonicClient } from '../../../bot/sonic';
import { createLogger } from '../../../bot/telemetry';
import type { Clock } from '../../../bot/time';
import { explainModelFailure, type ModelAddress } from '../explain';
import type { Answer, Experiment } from './experiment';
import { Lab } from './lab';
import { Ended } from './outcome';
import type { Plan } from './plan';
import { type Probed, reportAsMarkdown } from './report';
import { runExperiments } from './run';

/** More than this no probe spends, whatever a model says. */
const BUDGET_USD = 0.25;

export interface ProbeOptions extends ModelAddress {
  readonly plan: Plan;
  readonly voiceId: string;
  /** 16 kHz. */
  readonly speech: Int16Array;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Limits of the connection, for a clock that runs faster than the network. */
  readonly http2?: ConstructorParameters<typeof SonicClient>[0]['http2'];
  /** Gets the report and the recordings. */
  readonly folder: string;
  readonly onDone: (experiment: Experiment, answers: readonly Answer[]) => void;
}

/**
 * Makes the experiments of a plan with one model, and writes what it saw.
 * @throws OpsError when not even one stream can be had; Interrupted, at once
 */
export async function probe(options: ProbeOptions): Promise<Probed> {
  const { region, endpointUrl, modelId, voiceId, speech, clock, signal, folder, plan, onDone } = options;
  const logger = createLogger({ level: 'silent', version: 'ops' });
  const { http2 = {} } = options;
  const client = new SonicClient({ region, endpointUrl, logger, clock, http2 });
  const source = recordingSource(endpointUrl);
  const recordings = {
    folder,
    audio: 'length',
    texts: 'length',
    source,
    model: modelId,
    region,
    bot: 'ops bedrock probe',
    clock,
    logger,
  } as const;
  const lab = new Lab({ client, modelId, voiceId, clock, logger, signal, recordings, speech, budgetUsd: BUDGET_USD });
  // Whatever an experiment waits for, nothing of it goes on after Ctrl-C.
  const stop = (): void => client.destroy();
  signal.addEventListener('abort', stop);
  const beganMs = clock.nowMs();
  try {
    await openOnce(lab, options);
    const answers = await runExperiments(lab, plan.experiments, onDone);
    const tookSeconds = (clock.nowMs() - beganMs) / 1000;
    const at = new Date(clock.epochMs()).toISOString();
    const probed: Probed = { modelId, region, at, source, plan, answers, tookSeconds, spentUsd: lab.spentUsd, folder };
    makeFolder(folder);
    writeFileSync(path.join(folder, 'report.md'), reportAsMarkdown(probed));
    return probed;
  } finally {
    signal.removeEventListener('abort', stop);
    await lab.close();
    client.destroy();
  }
}

/** One stream as a call opens it: where that fails, nothing else need be asked. */
async function openOnce(lab: Lab, options: ProbeOptions): Promise<void> {
  try {
    await lab.on('opening', {}, async (stream) => {
      stream.startAudio();
      stream.feed(160);
      await stream.accepted();
    });
  } catch (error) {
    if (!(error instanceof Ended) || error.ending.error === undefined) throw error;
    throw explainModelFailure(error.ending.error, options);
  }
}

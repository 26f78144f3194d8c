import { type FakeBedrock, startFakeBedrock } from '../fakes/bedrock';
import { serve } from './worker';

let sandbox: FakeBedrock | undefined;
const started = (): FakeBedrock => {
  if (sandbox === undefined) throw new Error('not started');
  return sandbox;
};

/** When a tone first reached the model, per session, ms since 1970 with a fraction; see `watch`. */
const LOUD = 3_000;
const QUIET_SAMPLES = 4_000;

serve({
  async start() {
    sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0, onHeard: watch });
    return sandbox.url;
  },
  /** Moments at which events of this name began to be sent. */
  eventTimes(name: string) {
    return started().sessions.flatMap(({ outputEvents, openedAtMs }) =>
      outputEvents.filter((entry) => entry.name === name).map((entry) => openedAtMs + entry.atMs),
    );
  },
  onsets() {
    return onsets;
  },
  violations() {
    return started().sessions.flatMap((session) => session.violations);
  },
  async stop() {
    await sandbox?.close();
  },
});

const onsets: number[] = [];
let quietSamples = QUIET_SAMPLES;

/** Notes when a sound begins after a quarter of a second of quiet. */
function watch(_sessionId: string, pcm16k: Int16Array): void {
  const arrivedMs = performance.timeOrigin + performance.now();
  for (const sample of pcm16k) {
    if (Math.abs(sample) < LOUD) {
      quietSamples += 1;
    } else {
      if (quietSamples >= QUIET_SAMPLES) onsets.push(arrivedMs);
      quietSamples = 0;
    }
  }
}

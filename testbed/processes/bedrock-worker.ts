import { type FakeBedrock, startFakeBedrock, testOnlyTls } from '../fakes/bedrock';
import { recordingFile } from '../speech';
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
  /** `answersMs`: how long typed text takes to be answered, for texts that it names. */
  async start(answersMs: Readonly<Record<string, number>> | null) {
    const typedAnswerMs = answersMs === null ? undefined : onceSlow(answersMs);
    sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0, onHeard: watch, typedAnswerMs });
    return sandbox.url;
  },
  /** As production has it: TLS, and a voice that speaks; `reply` is its answer to the recorded sentence 0930. */
  async startLifelike({ reply }: { reply: string }) {
    const recordings = [{ file: recordingFile('0930'), words: 'he might even have been made amiable himself', reply }];
    sandbox = await startFakeBedrock({
      voice: 'recorded',
      keepAudioOf: 0,
      tls: testOnlyTls(),
      scenario: { recordings },
    });
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

/** A text that is typed again is answered no later than if it had not been. */
function onceSlow(answersMs: Readonly<Record<string, number>>): (text: string) => number | undefined {
  const dueMs = new Map<string, number>();
  return (text) => {
    const answerMs = answersMs[text];
    if (answerMs === undefined) return undefined;
    const nowMs = performance.now();
    const atMs = dueMs.get(text) ?? nowMs + answerMs;
    dueMs.set(text, atMs);
    return Math.max(0, atMs - nowMs);
  };
}

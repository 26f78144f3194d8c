/* The page's one audio graph, shared by its calls: a context each would cost a thread and a device each. */
import type { Repair } from '../bridge/control';

export const SLOTS = 8;
/** The bot's rate; input is resampled on the audio thread. */
const RATE_HZ = 24_000;
/** What WebAudio renders in one go: https://webaudio.github.io/web-audio-api/#render-quantum */
const QUANTUM_SAMPLES = 128;
/** Seconds: what the measurements in docs/daily.md weigh against processor time. */
const LATENCY_HINT_S = 0.04;

let opening: Promise<AudioContext> | undefined;

/** Opens the audio graph, once a page. */
export function openSound(): Promise<AudioContext> {
  return (opening ??= (async () => {
    // No device: nobody listens here, and the audio service, should it die, takes the graph with it.
    const options = { sampleRate: RATE_HZ, latencyHint: LATENCY_HINT_S, sinkId: { type: 'none' } };
    const context = new AudioContext(options);
    await context.audioWorklet.addModule('/worklet.js');
    await context.resume();
    return context;
  })());
}

/** How much the graph renders at a stretch, in whole render quanta. */
export function pieceSamplesOf({ baseLatency, sampleRate }: AudioContext): number {
  return QUANTUM_SAMPLES * Math.max(1, Math.round((baseLatency * sampleRate) / QUANTUM_SAMPLES));
}

/** Starts the graph again if the browser stopped it. */
export function keepRunning(context: AudioContext, repaired: (what: Repair) => void): void {
  if (context.state === 'running') return;
  repaired('context-suspended');
  void context.resume().catch(() => undefined); // a context that cannot run sends no frames, which the bot notices
}

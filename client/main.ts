import { pageIn } from '../contract/languages/page';
import { Call } from './call';
import { setAutoGain, wantsAutoGain } from './choices';
import type { Problem } from './problems';
import { INITIAL_STATE, reduce, type CallEvent, type State } from './state';
import { LineTimes, saveText, transcriptFileName, transcriptText } from './transcript-file';
import { View, type Intents } from './view';
import { Voice } from './voice';
import { WakeLock } from './wake-lock';

declare const PAGE_VERSION: string;

const KEY_ITEM = 'start-key';
/** Waits where a full server does not say how long; the last one repeats. Gentle, because starts are rate limited. */
const RETRY_SECONDS = [3, 5, 8] as const;
const MAX_RETRY_SECONDS = 30;
const MAX_RETRIES = 25;

let state: State = { ...INITIAL_STATE, language: document.documentElement.lang };
let call: Call | undefined;
let retryTimer: ReturnType<typeof setInterval> | undefined;
let retries = 0;
/** What the caller typed as a key, until the bot has taken or refused it. */
let typedKey: string | undefined;

const wakeLock = new WakeLock();
const lineTimes = new LineTimes();
/** When the last call that became live did. */
let began = new Date();

const intents: Intents = {
  start({ microphone, key }) {
    typedKey = key;
    retries = 0;
    startCall(microphone);
  },
  cancelWaiting() {
    stopWaiting();
    dispatch({ type: 'given-up' });
  },
  hangUp: () => void call?.hangUp(),
  setMuted: (muted) => call?.setMuted(muted),
  sendText: (text) => call?.sendText(text) ?? Promise.resolve(false),
  stopRecording: () => call?.stopRecording(),
  unlockSound: () => voice.unlock(),
  save: () =>
    saveText(
      transcriptFileName(began),
      transcriptText(state.transcript, lineTimes, began, pageIn(state.language).texts),
    ),
  setAutoGain,
};
const view = new View(intents, { autoGain: wantsAutoGain() });
const voice = new Voice({
  element: view.voice,
  callerMeter: view.callerMeter,
  agentMeter: view.agentMeter,
  onBlocked: (blocked) => {
    if (state.soundBlocked !== blocked) dispatch({ type: 'sound-blocked', blocked });
  },
});

function startCall(microphone: boolean): void {
  stopWaiting();
  if (!hasWebRtc()) {
    dispatch({ type: 'start-failed', problem: { kind: 'no-webrtc' } });
    return;
  }
  voice.unlock();
  const key = typedKey ?? sessionStorage.getItem(KEY_ITEM) ?? undefined;
  call = new Call({
    baseUrl: document.baseURI,
    key,
    microphone,
    autoGain: wantsAutoGain(),
    dispatch,
    onAccepted: () => {
      if (key !== undefined) sessionStorage.setItem(KEY_ITEM, key);
    },
    onVoice: (track) => voice.play(track),
    onMicrophone: (stream) => voice.hear(stream),
  });
  void call.start();
}

/** Its type says that every browser has it; some have not, and some users switch it off. */
function hasWebRtc(): boolean {
  return typeof (globalThis as { RTCPeerConnection?: unknown }).RTCPeerConnection === 'function';
}

function dispatch(event: CallEvent): void {
  const before = state;
  state = reduce(state, event);
  if (state === before) return;
  lineTimes.note(state.transcript, performance.now() - (state.liveSinceMs ?? performance.now()));
  view.render(state);
  if (state.phase.kind !== before.phase.kind) onPhase();
}

/** Side effects of a phase; rendering is the view's. */
function onPhase(): void {
  const { phase } = state;
  switch (phase.kind) {
    case 'live':
      began = new Date();
      wakeLock.hold();
      view.renderClock(performance.now());
      return;
    case 'ended':
    case 'idle':
      endMedia();
      return;
    case 'failed':
      endMedia();
      if (phase.problem.kind === 'key-needed' || phase.problem.kind === 'key-unsendable') forgetKey();
      if (phase.problem.kind === 'busy' && retries < MAX_RETRIES) waitAndRetry(phase.problem);
      return;
    default:
      return;
  }
}

function endMedia(): void {
  wakeLock.release();
  voice.stop();
  view.renderClock(performance.now());
  call = undefined;
}

function waitAndRetry(problem: Problem): void {
  const { microphone } = state;
  let secondsLeft = retrySeconds(problem);
  retries += 1;
  dispatch({ type: 'retry-in', problem, secondsLeft });
  retryTimer = setInterval(() => {
    secondsLeft -= 1;
    if (secondsLeft > 0) dispatch({ type: 'retry-in', problem, secondsLeft });
    else startCall(microphone);
  }, 1_000);
}

/** As the server asks, within reason. */
function retrySeconds(problem: Problem): number {
  const asked = problem.kind === 'busy' ? problem.retryAfterSeconds : undefined;
  return Math.min(MAX_RETRY_SECONDS, asked ?? RETRY_SECONDS[retries] ?? 8);
}

function forgetKey(): void {
  typedKey = undefined;
  sessionStorage.removeItem(KEY_ITEM);
}

function stopWaiting(): void {
  clearInterval(retryTimer);
  retryTimer = undefined;
}

setInterval(() => {
  if (state.phase.kind === 'live') view.renderClock(performance.now());
}, 1_000);

// A closed tab hangs up at once, so that its line is free for the next caller.
addEventListener('pagehide', () => void call?.hangUp());

document.documentElement.dataset['version'] = PAGE_VERSION;
view.render(state);

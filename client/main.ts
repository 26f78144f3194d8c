import { Call } from './pipecat';
import { INITIAL_STATE, reduce, type CallEvent, type State } from './state';
import { View } from './view';
import { Voice } from './voice';
import { WakeLock } from './wake-lock';

declare const PAGE_VERSION: string;

const KEY_ITEM = 'start-key';
/** Waits between retries while the server is full; the last one repeats. Gentle, because starts are rate limited. */
const RETRY_SECONDS = [3, 5, 8] as const;
const MAX_RETRIES = 25;

let state: State = INITIAL_STATE;
let call: Call | undefined;
let retryTimer: ReturnType<typeof setInterval> | undefined;
let retries = 0;

const wakeLock = new WakeLock();
const view = new View({
  start({ microphone, key }) {
    if (key !== undefined) sessionStorage.setItem(KEY_ITEM, key);
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
  unlockSound: () => voice.unlock(),
});
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
  voice.unlock();
  call = new Call({
    baseUrl: document.baseURI,
    key: sessionStorage.getItem(KEY_ITEM) ?? undefined,
    microphone,
    dispatch,
    onVoice: (track) => voice.play(track),
    onMicrophone: (stream) => voice.hear(stream),
  });
  void call.start();
}

function dispatch(event: CallEvent): void {
  const before = state;
  state = reduce(state, event);
  if (state === before) return;
  view.render(state);
  if (state.phase.kind !== before.phase.kind) onPhase();
}

/** Side effects of a phase; rendering is the view's. */
function onPhase(): void {
  const { phase } = state;
  switch (phase.kind) {
    case 'live':
      wakeLock.hold();
      view.renderClock(performance.now());
      return;
    case 'ended':
    case 'idle':
      endMedia();
      return;
    case 'failed':
      endMedia();
      if (phase.problem.kind === 'key-needed') sessionStorage.removeItem(KEY_ITEM);
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

function waitAndRetry(problem: Extract<State['phase'], { kind: 'failed' }>['problem']): void {
  const { microphone } = state;
  let secondsLeft: number = RETRY_SECONDS[retries] ?? 8;
  retries += 1;
  dispatch({ type: 'retry-in', problem, secondsLeft });
  retryTimer = setInterval(() => {
    secondsLeft -= 1;
    if (secondsLeft > 0) dispatch({ type: 'retry-in', problem, secondsLeft });
    else startCall(microphone);
  }, 1_000);
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

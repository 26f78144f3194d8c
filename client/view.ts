import { pageIn } from '../contract/languages/page';
import { FixedWords } from './fixed-words';
import { LinesView } from './lines-view';
import { SpokenLog } from './spoken-log';
import { isInCall, type State } from './state';
import {
  announcement,
  bargeInWords,
  clockWords,
  durationWords,
  latencyWords,
  sentences,
  statusWords,
  welcomeWords,
  type Words,
} from './words';

/** What the caller can do on the page. */
export interface Intents {
  start(options: { microphone: boolean; key?: string }): void;
  cancelWaiting(): void;
  hangUp(): void;
  setMuted(muted: boolean): void;
  /** Resolves to whether the text was accepted. */
  sendText(text: string): Promise<boolean>;
  stopRecording(): void;
  unlockSound(): void;
  /** The caller wants the conversation as a file. */
  save(): void;
  setAutoGain(on: boolean): void;
}

/** The page: renders a state, reports intents. Its only state is the text being typed. */
export class View {
  readonly voice = find('voice', HTMLAudioElement);
  readonly callerMeter = find('caller-meter', HTMLCanvasElement);
  readonly agentMeter = find('agent-meter', HTMLCanvasElement);
  readonly #page = find('page', HTMLElement);
  readonly #status = find('status', HTMLElement);
  readonly #clock = find('clock', HTMLElement);
  readonly #welcome = find('welcome', HTMLElement);
  readonly #title = find('welcome-title', HTMLElement);
  readonly #text = find('welcome-text', HTMLElement);
  readonly #detail = find('welcome-detail', HTMLElement);
  readonly #keyForm = find('key-form', HTMLFormElement);
  readonly #key = find('key', HTMLInputElement);
  readonly #start = find('start', HTMLButtonElement);
  readonly #startWords = find('start-words', HTMLElement);
  readonly #startSilent = find('start-silent', HTMLButtonElement);
  readonly #cancel = find('cancel', HTMLButtonElement);
  readonly #conversation = find('conversation', HTMLElement);
  readonly #dock = find('dock', HTMLElement);
  readonly #mute = find('mute', HTMLButtonElement);
  readonly #muteWords = find('mute-words', HTMLElement);
  readonly #callerNote = find('caller-note', HTMLElement);
  readonly #latency = find('latency', HTMLElement);
  readonly #latencyValue = find('latency-value', HTMLElement);
  readonly #bargeIn = find('barge-in', HTMLElement);
  readonly #bargeInValue = find('barge-in-value', HTMLElement);
  readonly #unlock = find('unlock', HTMLElement);
  readonly #recording = find('recording', HTMLElement);
  readonly #recorded = find('recorded', HTMLElement);
  readonly #notRecorded = find('not-recorded', HTMLElement);
  readonly #stopRecording = find('stop-recording', HTMLButtonElement);
  readonly #compose = find('compose', HTMLFormElement);
  readonly #message = find('text', HTMLInputElement);
  readonly #send = find('send', HTMLButtonElement);
  readonly #hangUp = find('hang-up', HTMLButtonElement);
  readonly #announcer = find('announcer', HTMLElement);
  readonly #alert = find('alert', HTMLElement);
  readonly #save = find('save', HTMLButtonElement);
  readonly #autoGain = find('auto-gain', HTMLInputElement);
  readonly #autoGainChoice = find('auto-gain-choice', HTMLElement);
  readonly #spokenLog = new SpokenLog(find('spoken-log', HTMLElement));
  readonly #lines = new LinesView({
    scroller: this.#conversation,
    list: find('lines', HTMLElement),
    newest: find('newest', HTMLButtonElement),
  });
  readonly #fixed = new FixedWords(document);
  #state: State | undefined;
  #words: Words = pageIn('en');

  constructor(intents: Intents, choices: { readonly autoGain: boolean }) {
    this.#autoGain.checked = choices.autoGain;
    this.#autoGain.addEventListener('change', () => intents.setAutoGain(this.#autoGain.checked));
    this.#save.addEventListener('click', () => intents.save());
    this.#start.addEventListener('click', () => intents.start({ microphone: true }));
    this.#startSilent.addEventListener('click', () => intents.start({ microphone: false }));
    this.#cancel.addEventListener('click', () =>
      this.#state?.phase.kind === 'waiting' ? intents.cancelWaiting() : intents.hangUp(),
    );
    this.#hangUp.addEventListener('click', () => intents.hangUp());
    this.#mute.addEventListener('click', () => intents.setMuted(this.#state?.muted !== true));
    this.#stopRecording.addEventListener('click', () => intents.stopRecording());
    find('unlock-sound', HTMLButtonElement).addEventListener('click', () => intents.unlockSound());
    this.#keyForm.addEventListener('submit', (event) => {
      event.preventDefault();
      intents.start({ microphone: this.#state?.microphone ?? true, key: this.#key.value.trim() });
    });
    this.#message.addEventListener('input', () => this.#renderSend());
    this.#compose.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#message.value.trim();
      if (text === '') return;
      void intents.sendText(text).then((taken) => {
        if (taken && this.#message.value.trim() === text) this.#message.value = '';
        this.#renderSend();
      });
    });
  }

  render(state: State): void {
    const before = this.#state;
    this.#state = state;
    if (before?.language !== state.language) this.#speak(state.language);
    const words = this.#words;
    const { phase, transcript } = state;
    const inCall = phase.kind === 'live' || (phase.kind === 'hanging-up' && state.liveSinceMs !== undefined);
    const hasWords = transcript.lines.length > 0;
    this.#page.dataset['phase'] = phase.kind;
    this.#page.dataset['activity'] = phase.kind === 'live' ? phase.activity : 'none';
    this.#page.dataset['network'] = phase.kind === 'live' ? phase.network : 'none';
    this.#page.dataset['notice'] = phase.kind === 'live' && state.notice !== undefined ? 'yes' : 'no';
    this.#page.dataset['call'] = inCall || hasWords ? 'on' : 'off';
    this.#page.dataset['words'] = hasWords ? 'yes' : 'no';
    put(this.#status, statusWords(state, words));

    this.#welcome.hidden = inCall;
    this.#conversation.hidden = !inCall && !hasWords;
    this.#dock.hidden = !inCall;
    this.#renderWelcome(state);
    this.#lines.render(transcript.lines, words);
    this.#spokenLog.render(transcript.lines, words.texts);
    this.#renderDock(state);
    this.#announce(state);
    this.#moveFocus(before, state);
  }

  /** The page's own texts follow the agent; where there are none in its language, they are English. */
  #speak(language: string): void {
    this.#words = pageIn(language);
    this.#fixed.show(this.#words);
    this.#lines.speak(language);
  }

  /** Called once a second during a call. */
  renderClock(nowMs: number): void {
    const since = this.#state?.liveSinceMs;
    this.#clock.hidden = since === undefined || this.#state?.phase.kind !== 'live';
    if (since !== undefined) put(this.#clock, clockWords(nowMs - since));
  }

  #renderWelcome(state: State): void {
    const { phase } = state;
    const words = welcomeWords(state, this.#words);
    const keyNeeded = needsKey(state);
    const underWay = phase.kind === 'starting' || phase.kind === 'waiting' || phase.kind === 'hanging-up';
    put(this.#title, words.title);
    put(this.#text, words.text);
    put(this.#detail, words.detail ?? '');
    this.#detail.hidden = words.detail === undefined;
    this.#keyForm.hidden = !keyNeeded;
    this.#start.hidden = underWay || keyNeeded;
    this.#startSilent.hidden = underWay || keyNeeded;
    this.#autoGainChoice.hidden = phase.kind !== 'idle';
    this.#save.hidden = underWay || state.transcript.lines.length === 0;
    this.#cancel.hidden = phase.kind !== 'starting' && phase.kind !== 'waiting';
    put(this.#startWords, words.start);
  }

  #renderDock(state: State): void {
    const words = this.#words;
    const { texts } = words;
    const show = (note: HTMLElement, value: HTMLElement, ms: number | undefined, meaning: string): void =>
      showFigure(note, value, ms === undefined ? undefined : durationWords(ms, words), meaning);
    show(this.#latency, this.#latencyValue, state.latenciesMs.at(-1), latencyWords(state, words));
    show(this.#bargeIn, this.#bargeInValue, state.bargeInsMs.at(-1), bargeInWords(state, words));
    this.#mute.hidden = !state.microphone;
    this.#mute.setAttribute('aria-pressed', String(state.muted));
    put(this.#muteWords, state.muted ? texts.unmute : texts.fixed.mute);
    put(this.#callerNote, state.microphone ? (state.muted ? texts.muted : '') : texts.noMicrophone);
    this.#unlock.hidden = !state.soundBlocked;
    this.#recording.hidden = state.isRecorded === undefined;
    this.#stopRecording.hidden = state.isRecorded !== true;
    this.#recorded.hidden = state.isRecorded !== true;
    this.#notRecorded.hidden = state.isRecorded === true;
    this.#hangUp.disabled = state.phase.kind === 'hanging-up';
    this.#renderSend();
  }

  #renderSend(): void {
    this.#send.disabled = this.#state?.phase.kind !== 'live' || this.#message.value.trim() === '';
  }

  /**
   * For screen readers: the turns of the call, not every word. The agent is heard anyway, and a second voice reading
   * its words over it would make both unintelligible.
   */
  #announce(state: State): void {
    const { phase } = state;
    if (phase.kind === 'failed') {
      const { title, text } = welcomeWords(state, this.#words);
      put(this.#alert, sentences(title, text));
      put(this.#announcer, '');
    } else {
      put(this.#alert, '');
      put(this.#announcer, announcement(state, this.#words));
    }
  }

  /** When the focused element disappears, moves the focus to where the caller acts next. */
  #moveFocus(before: State | undefined, state: State): void {
    if (before === undefined || before.phase.kind === state.phase.kind) return;
    const focus = document.activeElement;
    const lost = focus === null || focus === document.body || !(focus as HTMLElement).checkVisibility();
    if (needsKey(state)) {
      this.#key.select();
      this.#key.focus();
    } else if (lost) {
      if (state.phase.kind === 'live') (state.microphone ? this.#mute : this.#message).focus({ preventScroll: true });
      else if (!isInCall(state)) this.#title.focus({ preventScroll: true });
      else this.#cancel.focus({ preventScroll: true });
    }
  }
}

function needsKey({ phase }: State): boolean {
  return phase.kind === 'failed' && (phase.problem.kind === 'key-needed' || phase.problem.kind === 'key-unsendable');
}

/** Shows a figure's newest value; `meaning` is for those who ask by pointing. */
function showFigure(note: HTMLElement, value: HTMLElement, figure: string | undefined, meaning: string): void {
  note.hidden = figure === undefined;
  if (figure === undefined) return;
  put(value, figure);
  note.title = meaning;
}

function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page lacks #${id}`);
  return element;
}

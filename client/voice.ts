import { LevelMeter } from './meters';

/** Plays the agent's voice and shows the levels of both sides. */
export class Voice {
  readonly #element: HTMLAudioElement;
  readonly #caller: LevelMeter;
  readonly #agent: LevelMeter;
  readonly #onBlocked: (blocked: boolean) => void;
  #context: AudioContext | undefined;

  constructor(options: {
    element: HTMLAudioElement;
    callerMeter: HTMLCanvasElement;
    agentMeter: HTMLCanvasElement;
    /** Whether the browser blocks sound until the page is touched. */
    onBlocked: (blocked: boolean) => void;
  }) {
    this.#element = options.element;
    this.#caller = new LevelMeter(options.callerMeter);
    this.#agent = new LevelMeter(options.agentMeter);
    this.#onBlocked = options.onBlocked;
    // Browsers, operating systems and headset buttons pause a page's sound without asking it.
    this.#element.addEventListener('pause', () => this.#onBlocked(this.#element.srcObject !== null));
    this.#element.addEventListener('playing', () => this.#onBlocked(false));
  }

  /** Must be called from a click: browsers only allow sound to start there. */
  unlock(): void {
    this.#context ??= new AudioContext({ latencyHint: 'interactive' });
    void this.#context.resume();
    if (this.#element.srcObject !== null) this.#playElement();
  }

  /** The sound comes from the element; the meter only listens. (Without the element Chrome gives WebAudio silence.) */
  play(track: MediaStreamTrack): void {
    const stream = new MediaStream([track]);
    this.#element.srcObject = stream;
    this.#playElement();
    if (this.#context !== undefined) this.#agent.attach(this.#context, stream);
    this.#caller.run();
  }

  hear(stream: MediaStream): void {
    if (this.#context !== undefined) this.#caller.attach(this.#context, stream);
  }

  /** Idempotent; the next call unlocks again. */
  stop(): void {
    this.#caller.stop();
    this.#agent.stop();
    this.#element.srcObject = null;
    void this.#context?.close();
    this.#context = undefined;
    this.#onBlocked(false);
  }

  #playElement(): void {
    this.#element.play().then(
      () => this.#onBlocked(false),
      (error: unknown) => {
        // Anything else (a newer track took over the element, the call ended) need not concern the caller.
        if (error instanceof DOMException && error.name === 'NotAllowedError') this.#onBlocked(true);
      },
    );
  }
}

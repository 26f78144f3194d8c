/** One bar per 60 ms: a meter shows about the last three seconds. */
const BAR_MS = 60;
const BAR_WIDTH_PX = 3;
const GAP_PX = 2;
/** Quieter than this is silence; speech peaks near -10 dB. */
const FLOOR_DB = -55;
const TOP_DB = -10;
/** With reduced motion, a single bar redrawn at this interval replaces the moving row. */
const CALM_MS = 400;

/** How loud `samples` (full scale 1) are, from 0 for silence to 1 for loud speech. Empty is silence. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  const db = 20 * Math.log10(Math.max(rms, 1e-6));
  return Math.min(1, Math.max(0, (db - FLOOR_DB) / (TOP_DB - FLOOR_DB)));
}

/** Draws how loud a stream has been lately. Its colour is the canvas's text colour. */
export class LevelMeter {
  readonly #canvas: HTMLCanvasElement;
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #analyser: AnalyserNode | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #samples = new Float32Array(0);
  #bars: number[] = [];
  #lastBarAtMs = 0;
  #frame: number | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** Shows `stream` instead of the current one. */
  attach(context: AudioContext, stream: MediaStream): void {
    this.#source?.disconnect();
    this.#analyser ??= new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
    this.run();
  }

  /** Starts drawing, even if there is only silence to show. */
  run(): void {
    this.#frame ??= requestAnimationFrame(this.#draw);
  }

  /** Idempotent. */
  stop(): void {
    this.#source?.disconnect();
    this.#source = undefined;
    this.#analyser = undefined;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#bars = [];
    this.#paint();
  }

  readonly #draw = (nowMs: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    if (nowMs - this.#lastBarAtMs < (this.#calm.matches ? CALM_MS : BAR_MS)) return;
    this.#lastBarAtMs = nowMs;
    this.#analyser?.getFloatTimeDomainData(this.#samples);
    this.#bars.push(this.#analyser === undefined ? 0 : loudness(this.#samples));
    this.#paint();
  };

  #paint(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const scale = Math.min(3, devicePixelRatio);
    const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const context = this.#canvas.getContext('2d');
    if (context === null || width === 0) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, clientWidth, clientHeight);
    context.fillStyle = getComputedStyle(this.#canvas).color;
    const step = BAR_WIDTH_PX + GAP_PX;
    const room = Math.floor((clientWidth + GAP_PX) / step);
    this.#bars = this.#bars.slice(-room);
    if (this.#calm.matches) {
      context.beginPath();
      context.roundRect(0, clientHeight / 2 - 3, Math.max(6, (this.#bars.at(-1) ?? 0) * clientWidth), 6, 3);
      context.fill();
      return;
    }
    for (let at = 0; at < room; at += 1) {
      const level = this.#bars[this.#bars.length - room + at] ?? 0;
      const barHeight = Math.max(BAR_WIDTH_PX, level * clientHeight);
      context.globalAlpha = level === 0 ? 0.25 : 0.45 + 0.55 * (at / room);
      context.beginPath();
      context.roundRect(at * step, (clientHeight - barHeight) / 2, BAR_WIDTH_PX, barHeight, BAR_WIDTH_PX / 2);
      context.fill();
    }
    context.globalAlpha = 1;
  }
}

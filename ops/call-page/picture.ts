import { escaped } from './markup';
import { peaks } from './peaks';

/** Something that took time. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly about: string;
}

/** When a side spoke. */
export type Block = Pick<Span, 'fromMs' | 'toMs'>;

/** A call to be drawn; all times in ms since it began. */
export interface Picture {
  readonly durationMs: number;
  /** A side's sound over the whole call; or when it spoke, where there is no sound. */
  readonly caller: Int16Array | readonly Block[];
  readonly bot: Int16Array | readonly Block[];
  readonly spans: readonly Span[];
  /** Moments, each with a word. */
  readonly marks: readonly { readonly atMs: number; readonly about: string }[];
}

/** The picture's units. */
export const WIDTH = 1_000;
/** Where each side's line lies, and how far its sound reaches to either side of it. */
export const LANE = { caller: 70, bot: 220, half: 52 } as const;
const STRIP_Y = 138;
const HEIGHT = 300;
const HOUR_MS = 3_600_000;
/** Steps of the scale: the first that gives no more marks than fit. */
const STEPS_MS = [5_000, 10_000, 30_000, 60_000, 300_000, 600_000];
const MAX_TICKS = 20;

/** Both sides of a call on one line of time, with what was measured between them, as an SVG. */
export function drawCall({ durationMs, caller, bot, spans, marks }: Picture): string {
  const x = (atMs: number): string => ((atMs * WIDTH) / durationMs).toFixed(1);
  const stepMs = STEPS_MS.find((step) => durationMs / step <= MAX_TICKS) ?? HOUR_MS;
  const ticks = Array.from({ length: Math.floor(durationMs / stepMs) + 1 }, (_, i) => i * stepMs);
  const side = (who: 'caller' | 'bot', of: Picture['caller']): string =>
    of instanceof Int16Array ? waveform(who, of) : blocks(who, of, x);
  return [
    `<svg class="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Both sides of the call on one line of time">`,
    ...ticks.map(
      (ms) =>
        `<path class="tick" d="M${x(ms)} 8V${HEIGHT - 22}"/><text class="time" x="${x(ms)}" y="${HEIGHT - 6}">${ms / 1000} s</text>`,
    ),
    `<text class="who caller" x="4" y="18">Caller</text><text class="who bot" x="4" y="${HEIGHT - 30}">Bot</text>`,
    side('caller', caller),
    side('bot', bot),
    ...spans.map(({ fromMs, toMs, about }, i) => {
      const labelY = i % 2 === 0 ? STRIP_Y - 5 : STRIP_Y + 23;
      return `<rect class="span" x="${x(fromMs)}" y="${STRIP_Y}" width="${x(toMs - fromMs)}" height="10" rx="3"/><text class="label" x="${x(fromMs)}" y="${labelY}">${escaped(about)} in ${((toMs - fromMs) / 1000).toFixed(2)} s</text>`;
    }),
    ...marks.map(({ atMs, about }) => mark(x(atMs), about)),
    '<path class="cursor" d="M0 8V278"/>',
    '</svg>',
  ].join('\n');
}

function mark(x: string, about: string): string {
  return `<path class="mark" d="M${x} 24V${HEIGHT - 22}"/><text class="label" x="${x}" y="20">${escaped(about)}</text>`;
}

/** The sound of one side, over the whole width. */
export function waveform(who: 'caller' | 'bot', line: Int16Array): string {
  const bars = peaks(line, WIDTH / 2).map((peak, column) => {
    // Quiet speech is to be seen, too.
    const half = Math.max(0.5, Math.sqrt(peak) * LANE.half);
    return `M${column * 2 + 1} ${(LANE[who] - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
  });
  return `<path class="wave ${who}" d="${bars.join('')}"/>`;
}

function blocks(who: 'caller' | 'bot', of: readonly Block[], x: (atMs: number) => string): string {
  const y = LANE[who] - LANE.half / 2;
  return of
    .map(
      ({ fromMs, toMs }) =>
        `<rect class="block ${who}" x="${x(fromMs)}" y="${y}" width="${x(Math.max(0, toMs - fromMs))}" height="${LANE.half}" rx="2"/>`,
    )
    .join('');
}

import type { Span } from '../call';
import type { Line } from '../scene';
import { escaped } from './markup';
import { peaks } from './time-line';

/** A call to be drawn; all times in ms since it began. */
export interface Picture {
  readonly durationMs: number;
  readonly caller: Int16Array;
  readonly bot: Int16Array;
  readonly spans: readonly Span[];
  readonly lines: readonly Line[];
  /** When the caller interrupted. */
  readonly bargeInMs: number;
}

/** The picture's units. */
export const WIDTH = 1_000;
/** Where each side's line lies, and how far its sound reaches to either side of it. */
export const LANE = { caller: 70, bot: 220, half: 52 } as const;
const STRIP_Y = 138;
const HEIGHT = 300;
const TICK_MS = 5_000;

/** Both sides of a call on one line of time, with what was measured between them, as an SVG. */
export function drawCall({ durationMs, caller, bot, spans, lines, bargeInMs }: Picture): string {
  const x = (atMs: number): string => ((atMs * WIDTH) / durationMs).toFixed(1);
  const ticks = Array.from({ length: Math.floor(durationMs / TICK_MS) + 1 }, (_, i) => i * TICK_MS);
  const tools = lines.filter(({ who }) => who === 'tool');
  return [
    `<svg class="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Both sides of the call on one line of time">`,
    ...ticks.map(
      (ms) =>
        `<path class="tick" d="M${x(ms)} 8V${HEIGHT - 22}"/><text class="time" x="${x(ms)}" y="${HEIGHT - 6}">${ms / 1000} s</text>`,
    ),
    `<text class="who caller" x="4" y="18">Caller</text><text class="who bot" x="4" y="${HEIGHT - 30}">Bot</text>`,
    waveform('caller', caller),
    waveform('bot', bot),
    ...spans.map(({ fromMs, toMs, about }, i) => {
      const labelY = i % 2 === 0 ? STRIP_Y - 5 : STRIP_Y + 23;
      return `<rect class="span" x="${x(fromMs)}" y="${STRIP_Y}" width="${x(toMs - fromMs)}" height="10" rx="3"/><text class="label" x="${x(fromMs)}" y="${labelY}">${escaped(about)} in ${((toMs - fromMs) / 1000).toFixed(2)} s</text>`;
    }),
    mark(x(bargeInMs), 'interrupts'),
    ...tools.map(({ atMs }) => mark(x(atMs), 'tool')),
    '<path class="cursor" d="M0 8V278"/>',
    '</svg>',
  ].join('\n');
}

function mark(x: string, about: string): string {
  return `<path class="mark" d="M${x} 24V${HEIGHT - 22}"/><text class="label" x="${x}" y="20">${about}</text>`;
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

import { escaped, LANE, peaks, waveform, WIDTH } from '../../ops/call-page';
import type { CallStory, Moment, Stretch } from './moments';

interface Picture extends CallStory {
  /** Of what it is, for those who do not see it. */
  readonly about: string;
  readonly durationMs: number;
  readonly caller: Int16Array;
  readonly bot: Int16Array;
}

const HEIGHT = 320;
const FLOOR = HEIGHT - 22;
const STRIP_Y = 138;
const SPOKEN_Y = { caller: 34, bot: 288 } as const;
const CHARACTER = 5.5;
const TICKS_MS = [1_000, 2_000, 5_000, 10_000, 30_000];
const MAX_TICKS = 14;

/** What is quieter, of 1, is silence; what is silent for longer is marked. */
const SILENCE_PEAK = 0.02;
const LONG_SILENCE_MS = 1_000;
const COLUMN_MS = 50;

/** Both sides of a call on one line of time, with words, tools, silences and interruptions, as an SVG. */
export function drawStory({ about, durationMs, caller, bot, moments, tools, interruptions }: Picture): string {
  const x = (atMs: number): string => ((atMs * WIDTH) / durationMs).toFixed(1);
  const tickMs = TICKS_MS.find((ms) => durationMs / ms <= MAX_TICKS) ?? 60_000;
  const ticks = Array.from({ length: Math.floor(durationMs / tickMs) + 1 }, (_, i) => i * tickMs);
  return [
    `<svg class="picture" data-seconds="${(durationMs / 1000).toFixed(3)}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(about)}">`,
    ...longSilences(caller, bot, durationMs).map(
      ({ fromMs, toMs, about: words }) =>
        `<rect class="silence" x="${x(fromMs)}" y="24" width="${x(toMs - fromMs)}" height="${FLOOR - 24}"/><text class="quiet" x="${x((fromMs + toMs) / 2)}" y="${STRIP_Y + 46}">${words}</text>`,
    ),
    ...ticks.map(
      (ms) =>
        `<path class="tick" d="M${x(ms)} 8V${FLOOR}"/><text class="time" x="${x(ms)}" y="${HEIGHT - 6}">${ms / 1000} s</text>`,
    ),
    '<text class="who caller" x="4" y="18">Caller</text>',
    `<text class="who bot" x="4" y="${LANE.bot - LANE.half - 4}">Bot</text>`,
    waveform('caller', caller),
    waveform('bot', bot),
    ...(['caller', 'bot'] as const).flatMap((who) => spoken(who, moments, durationMs, x)),
    ...tools.map(
      ({ fromMs, toMs, about: name }) =>
        `<rect class="span" x="${x(fromMs)}" y="${STRIP_Y}" width="${x(Math.max(toMs - fromMs, durationMs / WIDTH))}" height="10" rx="3"/><text class="label" x="${x(fromMs)}" y="${STRIP_Y - 5}">${escaped(name)} ${((toMs - fromMs) / 1000).toFixed(2)} s</text>`,
    ),
    ...interruptions.map(
      ({ atMs, about: words }) =>
        `<path class="mark" d="M${x(atMs)} 24V${FLOOR}"/><text class="label" x="${x(atMs)}" y="${STRIP_Y + 25}">${escaped(words)}</text>`,
    ),
    `<path class="cursor" d="M0 8V${FLOOR}"/>`,
    '</svg>',
  ].join('\n');
}

/** A side's words where they were spoken, as many as fit before the next. */
function spoken(
  who: 'caller' | 'bot',
  moments: readonly Moment[],
  durationMs: number,
  x: (atMs: number) => string,
): readonly string[] {
  const own = moments.filter((moment) => moment.who === who);
  return own.map(({ atMs, text }, at) => {
    const roomMs = (own[at + 1]?.atMs ?? durationMs) - atMs;
    const fits = Math.floor((roomMs * WIDTH) / durationMs / CHARACTER);
    const shown = text.length <= fits ? text : fits < 3 ? '' : `${text.slice(0, fits - 1)}…`;
    return `<text class="spoken" x="${x(atMs)}" y="${SPOKEN_Y[who]}">${escaped(shown)}</text>`;
  });
}

/** Where for longer than a second neither side was heard. */
function longSilences(caller: Int16Array, bot: Int16Array, durationMs: number): readonly Stretch[] {
  const columns = Math.max(1, Math.floor(durationMs / COLUMN_MS));
  const theirs = peaks(bot, columns);
  const isQuiet = peaks(caller, columns).map((peak, at) => Math.max(peak, theirs[at] ?? 0) < SILENCE_PEAK);
  const silences: Stretch[] = [];
  let from = 0;
  for (let at = 0; at <= columns; at += 1) {
    if (isQuiet[at] === true) continue;
    const [fromMs, toMs] = [(from * durationMs) / columns, (at * durationMs) / columns];
    if (toMs - fromMs > LONG_SILENCE_MS)
      silences.push({ fromMs, toMs, about: `${((toMs - fromMs) / 1000).toFixed(1)} s silent` });
    from = at + 1;
  }
  return silences;
}

import type { CallRecord } from '../../contract/call-record';
import { type Block, drawCall, escaped, PAGE_POLICY, SCRIPT, type Span, STYLE } from '../call-page';
import { outcomeOf } from './find';
import type { Waveforms } from './waveforms';
import { factsOf, saidIn, seconds } from './show';

/** A call's recording: the file as it is, and when in the call it begins. */
export interface CallSound {
  readonly file: Buffer;
  readonly startMs: number;
  /** Undefined where it cannot be drawn, such as one that was cut off in the middle. */
  readonly waveforms: Waveforms | undefined;
}

/** Waits that are shorter are not drawn. */
const SHOWN_WAIT_MS = 500;

/** The report of a call: one file of HTML with all that belongs to it, the sound included, that asks nobody for anything. */
export function callPage(record: CallRecord, sound: CallSound | undefined): string {
  const { callId, agent, startedAt } = record;
  const durationMs = Math.max(1, record.durationMs);
  const picture = drawCall({
    durationMs,
    caller: sound?.waveforms?.caller ?? blocksOf(record, 'caller'),
    bot: sound?.waveforms?.bot ?? blocksOf(record, 'bot'),
    spans: spansOf(record),
    marks: record.turns
      .filter(({ isCut }) => isCut === true)
      .map(({ endMs }) => ({ atMs: endMs, about: 'interrupts' })),
  });
  const startMs = sound?.startMs ?? 0;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<title>Call ${escaped(callId)}</title>
<style>${STYLE}</style>
</head>
<body class="call">
<h1>A call to ${escaped(agent)}</h1>
<p>${escaped(startedAt.slice(0, 16).replace('T', ' '))} UTC, ${seconds(durationMs)}, ${escaped(outcomeOf(record))}</p>
<p>${escaped(callId)}</p>
<figure>
${picture.replace('<svg ', `<svg data-seconds="${(durationMs / 1000).toFixed(3)}" data-sound-at="${(startMs / 1000).toFixed(3)}" `)}
${sound === undefined ? '' : `<audio controls src="data:audio/ogg;base64,${sound.file.toString('base64')}"></audio>`}
</figure>
<h2>What was said</h2>
<ol>
${record.turns.map((turn) => item(turn.startMs, turn.by, saidIn(turn))).join('\n')}
</ol>
<h2>Tools</h2>
<ol>
${record.tools.map(({ name, startMs: atMs, durationMs: tookMs, outcome }) => item(atMs, 'tool', `${name}: ${outcome}, ${tookMs} ms`)).join('\n')}
</ol>
<h2>What was measured</h2>
<div class="wide"><table>
${factsOf(record)
  .map(([name, value]) => `<tr><td>${escaped(name)}</td><td>${escaped(value)}</td></tr>`)
  .join('\n')}
${record.turns.flatMap(answerRow).join('\n')}
</table></div>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const blocksOf = ({ turns }: CallRecord, who: 'caller' | 'bot'): Block[] =>
  turns.filter(({ by }) => by === who).map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs }));

const spansOf = ({ tools, waits }: CallRecord): Span[] => [
  ...tools.map(({ name, startMs, durationMs }) => ({ fromMs: startMs, toMs: startMs + durationMs, about: name })),
  ...waits
    .filter(({ durationMs }) => durationMs >= SHOWN_WAIT_MS)
    .map(({ startMs, durationMs, for: whom }) => ({
      fromMs: startMs,
      toMs: startMs + durationMs,
      about: `waits for ${whom}`,
    })),
];

function item(atMs: number, who: string, text: string): string {
  const at = (atMs / 1000).toFixed(1);
  return `<li class="${who}"><button type="button" data-at="${at}">${at} s</button><span class="who">${who}</span><span dir="auto">${escaped(text)}</span></li>`;
}

function answerRow({ startMs, answer }: CallRecord['turns'][number]): string[] {
  if (answer === undefined) return [];
  const { answerMs, endpointingMs, modelMs, playoutMs } = answer;
  const parts = [
    ['until it was clear that the caller had finished', endpointingMs] as const,
    ['model', modelMs] as const,
    ['playout', playoutMs] as const,
  ].flatMap(([what, ms]) => (ms === undefined ? [] : [`${what} ${ms} ms`]));
  return [`<tr><td>answer at ${seconds(startMs)}</td><td>${answerMs} ms (${parts.join(', ')})</td></tr>`];
}

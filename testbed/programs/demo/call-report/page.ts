import { drawCall, escaped, SCRIPT, STYLE } from '../../../../ops/call-page';
import { onTimeLine, encodeWav } from '../../../speech';
import type { DemoCall } from '../call';
import { figureText, isRight, type Figure } from '../measure';
import type { Line } from '../scene';

/** Enough for speech, and a minute of it is 2 MB. */
const SOUND_HZ = 16_000;

/** The report of a call: one file of HTML with all that belongs to it, the sound included. */
export function reportPage(call: DemoCall, conclusion: string): string {
  const { way, beganMs, said, heard, lines, spans, figures } = call;
  const endMs = heard.startMs + (heard.pcm.length * 1000) / heard.rateHz;
  const durationMs = Math.max(1, endMs - beganMs);
  const frame = { fromMs: beganMs, durationMs, rateHz: SOUND_HZ };
  const picture = drawCall({
    durationMs,
    caller: onTimeLine(said, frame),
    bot: onTimeLine([heard], frame),
    spans: spans
      .filter(({ toMs }) => Number.isFinite(toMs))
      .map(({ fromMs, toMs, about }) => ({ fromMs: fromMs - beganMs, toMs: toMs - beganMs, about })),
    marks: [
      { atMs: (said[1]?.startMs ?? beganMs) - beganMs, about: 'interrupts' },
      ...lines.filter(({ who }) => who === 'tool').map(({ atMs }) => ({ atMs, about: 'tool' })),
    ],
  });
  const sound = encodeWav({ rateHz: SOUND_HZ, samples: onTimeLine([...said, heard], frame) }).toString('base64');
  const began = new Date(beganMs).toISOString().slice(0, 16).replace('T', ' ');
  const ordered = saidWhenSpoken(call).toSorted((a, b) => a.atMs - b.atMs);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A call by ${way}</title>
<style>${STYLE}</style>
</head>
<body class="call">
<h1>A call by ${way}</h1>
<p>${began} UTC, ${(durationMs / 1000).toFixed(0)} s, made by npm run demo</p>
<p class="verdict">${escaped(conclusion)}</p>
<figure>
${picture.replace('<svg ', `<svg data-seconds="${(durationMs / 1000).toFixed(3)}" `)}
<audio controls src="data:audio/wav;base64,${sound}"></audio>
</figure>
<h2>What was said</h2>
<ol>
${ordered.map(lineItem).join('\n')}
</ol>
<h2>What was measured</h2>
<div class="wide"><table>
${figures.map(figureRow).join('\n')}
</table></div>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** A recording's words are known after it was spoken; they belong to where it begins. */
function saidWhenSpoken({ lines, said, beganMs }: DemoCall): Line[] {
  const recordings = said.map(({ startMs }) => startMs - beganMs);
  return lines.map((line) => {
    if (line.who !== 'caller') return line;
    const spokenMs = recordings.findLast((startMs) => startMs <= line.atMs);
    const isTyped = line.atMs === line.endMs && line.text.endsWith('(typed)');
    return spokenMs === undefined || isTyped ? line : { ...line, atMs: spokenMs };
  });
}

function lineItem({ atMs, who, text }: Line): string {
  const at = (atMs / 1000).toFixed(1);
  return `<li class="${who}"><button type="button" data-at="${at}">${at} s</button><span class="who">${who}</span><span dir="auto">${escaped(text)}</span></li>`;
}

function figureRow(figure: Figure): string {
  const { value, bound } = figureText(figure);
  const row = `<td>${escaped(figure.name)}</td><td class="value">${value}</td><td class="bound">${escaped(bound)}</td>`;
  return `<tr${isRight(figure) ? '' : ' class="wrong"'}>${row}</tr>`;
}

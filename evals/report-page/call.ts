import { type HeldCall, type RunResult, simulationLines } from '../report';
import { escaped } from '../../ops/call-page';
import { onTimeLine } from '../../testbed/speech';
import { storyOf } from './moments';
import { drawStory } from './picture';
import { stereoWav } from './sound';

const SOUND_HZ = 16_000;
/** A longer call is shown to here. */
const MAX_SHOWN_MS = 120_000;
const OUTCOME = {
  pass: 'passed',
  fail: 'failed',
  stale: 'is not what was recorded',
  'judge-failed': 'was not judged: the judge failed',
  'simulator-failed': 'was not judged: who played the caller failed',
  error: 'could not be judged',
  'not-run': 'was not run',
} as const;

/**
 * One call of the report.
 * @param hasRoom whether a sound of so many bytes may be in the page
 */
export function callSection(result: RunResult, hasRoom: (bytes: number) => boolean): string {
  const { agent, scenario, outcome, failures, durationMs, reason, call, simulation } = result;
  const name = `${agent}: ${scenario}`;
  const about = `${OUTCOME[outcome]}${outcome === 'not-run' ? '' : ` in ${(durationMs / 1000).toFixed(1)} s`}`;
  const why = [
    ...failures.flatMap(({ turn, detail, diff = [] }) => [
      `${turn === undefined ? '' : `Turn ${turn + 1}: `}${detail}`,
      ...diff,
    ]),
    ...(reason === undefined ? [] : [reason]),
  ];
  return `<details class="call ${outcome}"${outcome === 'pass' || outcome === 'not-run' ? '' : ' open'}>
<summary><span class="name">${escaped(name)}</span> <span class="outcome">${about}</span></summary>
${why.length === 0 ? '' : `<ul class="why">${why.map((line) => `<li dir="auto">${escaped(line)}</li>`).join('')}</ul>`}
${simulation === undefined ? '' : `<p dir="auto">${simulationLines(simulation).map(escaped).join('<br>')}</p>`}
${call === undefined ? '' : shown(call, name, hasRoom)}
</details>`;
}

function shown(call: HeldCall, name: string, hasRoom: (bytes: number) => boolean): string {
  const { heard, said, readyMs, pace } = call;
  const ends = [heard, ...said].map(({ startMs, pcm, rateHz }) => startMs + (pcm.length * 1000) / rateHz);
  const durationMs = Math.min(MAX_SHOWN_MS, Math.max(1_000, ...ends.map((endMs) => endMs - readyMs)));
  const frame = { fromMs: readyMs, durationMs, rateHz: SOUND_HZ };
  const [caller, bot] = [onTimeLine(said, frame), onTimeLine([heard], frame)];
  const story = storyOf(call, durationMs);
  const sound = hasRoom(caller.length * 4)
    ? `<audio controls src="data:audio/wav;base64,${stereoWav(caller, bot, SOUND_HZ)}"></audio>`
    : '<p>The sound is left out: the page would be too large.</p>';
  const lines = story.moments.map(({ atMs, who, text }) => {
    const at = (atMs / 1000).toFixed(1);
    return `<li class="${who}"><button type="button" data-at="${at}">${at} s</button><span class="who">${who}</span><span dir="auto">${escaped(text)}</span></li>`;
  });
  const steady =
    pace === undefined
      ? ''
      : `<p>The caller kept ${pace.realTimeRatio.toFixed(3)} of real time, ${Math.round(pace.longestGapMs)} ms at most between two packets.</p>`;
  return `<figure>
${drawStory({ about: `Both sides of ${name} on one line of time`, durationMs, caller, bot, ...story })}
${sound}
</figure>
<ol>
${lines.join('\n')}
</ol>
${steady}`;
}

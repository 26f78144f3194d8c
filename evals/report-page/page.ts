import type { GoalRow } from '../figures';
import { goalsOf, type RunAbout, type RunResult, summaryLines } from '../report';
import { escaped, SCRIPT, STYLE } from '../../ops/call-page';
import { callSection } from './call';

/** Of all sound in a page, before base64 makes it a third more; failures come first. */
const MAX_SOUND_BYTES = 12_000_000;
const ORDER = ['fail', 'stale', 'judge-failed', 'simulator-failed', 'error', 'pass', 'not-run'] as const;

const OWN_STYLE = `
details { margin: 0.75rem 0; border: 1px solid var(--line); border-radius: 14px; background: var(--raised); padding: 0.75rem 1rem; }
summary { cursor: pointer; } summary .name { font-weight: 600; } summary .outcome { color: var(--soft); font-size: 0.9375rem; }
.fail summary .outcome, .stale summary .outcome, .judge-failed summary .outcome, .simulator-failed summary .outcome, .error summary .outcome, .why { color: var(--danger); } .not-run .why { color: var(--soft); }
.why { margin: 0.5rem 0 0; padding-left: 1.25rem; overflow-wrap: anywhere; } figure { padding: 0; border: 0; }
.why li { display: list-item; padding: 0; border: 0; }
.silence { fill: var(--line); opacity: 0.55; } svg .quiet { text-anchor: middle; fill: var(--ink); } svg .spoken { fill: var(--ink); }
table { border-collapse: collapse; margin: 1rem 0; } th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid var(--line); }
.missed { color: var(--danger); }
li span:last-child { overflow-wrap: anywhere; min-width: 0; }
`;

/** All calls of a run on one page that needs no other file: failures first, then what passed, folded. */
export function evalPage(results: readonly RunResult[], about: RunAbout, maxSoundBytes = MAX_SOUND_BYTES): string {
  let room = maxSoundBytes;
  const hasRoom = (bytes: number): boolean => {
    if (bytes > room) return false;
    room -= bytes;
    return true;
  };
  const ordered = ORDER.flatMap((outcome) => results.filter((result) => result.outcome === outcome));
  const [counts = '', ...told] = summaryLines(results, about).slice(0, -1);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evals: ${escaped(counts)}</title>
<style>${STYLE}${OWN_STYLE}</style>
</head>
<body>
<main>
<h1>Evals</h1>
<p class="verdict">${escaped(counts)}</p>
${told.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
<p>${about.mode}, model: ${escaped(about.model)}. It proves ${escaped(about.proves)}.</p>
${goalTable(goalsOf(results, about))}
<p>In the sound, the caller is on the left and the bot on the right. A click on a picture, or on a time, plays from there.</p>
${ordered.map((result) => callSection(result, hasRoom)).join('\n')}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const GOAL = {
  held: 'held',
  missed: 'missed',
  'not-judged': 'not judged: the machine had no time',
  reported: '',
} as const;

function goalTable(rows: readonly GoalRow[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(
    ({ figure, seen, goal, outcome }) =>
      `<tr class="${outcome}"><th scope="row">${escaped(figure)}</th><td>${escaped(seen)}</td><td>${escaped(goal)}</td><td>${GOAL[outcome]}</td></tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Figure</th><th scope="col">Seen</th><th scope="col">Goal</th><th scope="col">Outcome</th></tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table>`;
}

import { createHash } from 'node:crypto';

/** Text on its ground is at least 4.5:1 in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f6f6f3; --raised: #fff; --line: #e1e1db; --ink: #1b1d1f; --soft: #5c6268;
  --caller: #3f5f9e; --bot: #0f6b5c; --warn: #8a5a00; --danger: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #121416; --raised: #1a1d20; --line: #2b3035; --ink: #eceef0;
  --soft: #a0a7ae; --caller: #8fb0ee; --bot: #57c7ad; --warn: #e3b45c; --danger: #ff8a80; } }
* { box-sizing: border-box; }
body { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; letter-spacing: -0.01em; } h2 { margin: 2.5rem 0 0.75rem; font-size: 1.0625rem; }
p { margin: 0.25rem 0; color: var(--soft); } p.verdict { color: var(--ink); font-weight: 600; }
figure { margin: 1.5rem 0 0; padding: 1rem; border: 1px solid var(--line); border-radius: 14px; background: var(--raised); }
svg { display: block; width: 100%; height: auto; cursor: crosshair; } audio { width: 100%; margin-top: 0.75rem; }
svg text { font-size: 11px; fill: var(--soft); } svg .who { font-weight: 600; font-size: 12px; } svg .time { text-anchor: middle; }
svg .time:first-of-type { text-anchor: start; } .tick { stroke: var(--line); } .wave { stroke-width: 1.2; fill: none; }
.wave.caller { stroke: var(--caller); } .wave.bot { stroke: var(--bot); } .block.caller { fill: var(--caller); } .block.bot { fill: var(--bot); } .who.caller { fill: var(--caller); } .who.bot { fill: var(--bot); }
.span { fill: var(--warn); } .label { fill: var(--ink); } .mark { stroke: var(--danger); stroke-dasharray: 3 4; } .cursor { stroke: var(--ink); }
ol { margin: 0; padding: 0; list-style: none; } li { display: grid; grid-template-columns: 4.5rem 4.5rem 1fr; gap: 0.25rem 0.75rem;
  padding: 0.375rem 0; border-bottom: 1px solid var(--line); align-items: baseline; }
li button { padding: 0.25rem 0.5rem; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); color: var(--ink); font: inherit;
  font-size: 0.875rem; font-variant-numeric: tabular-nums; cursor: pointer; } li.caller .who { color: var(--caller); } li.bot .who { color: var(--bot); }
li .who { font-size: 0.875rem; font-weight: 600; } .wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; } th, td { padding: 0.375rem 0.75rem 0.375rem 0; border-bottom: 1px solid var(--line); text-align: left; }
td.value { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.bound { color: var(--soft); white-space: nowrap; }
tr.wrong td { color: var(--danger); font-weight: 600; } :focus-visible { outline: 2px solid var(--bot); outline-offset: 2px; }
`;

/** Each picture's cursor goes with its sound, and a click goes there. */
export const SCRIPT = `
for (const call of document.querySelectorAll('.call')) {
const audio = call.querySelector('audio'), picture = call.querySelector('.picture'), cursor = call.querySelector('.cursor');
if (audio === null || picture === null) continue;
const seconds = Number(picture.dataset.seconds), soundAt = Number(picture.dataset.soundAt ?? 0), width = picture.viewBox.baseVal.width;
const show = () => cursor.setAttribute('transform', 'translate(' + Math.min(width, (soundAt + audio.currentTime) / seconds * width) + ')');
const go = (to) => { audio.currentTime = Math.max(0, to - soundAt); show(); void audio.play(); };
const follow = () => { show(); if (!audio.paused) requestAnimationFrame(follow); };
audio.addEventListener('play', follow); audio.addEventListener('seeked', show);
picture.addEventListener('click', (event) => { const box = picture.getBoundingClientRect(); go((event.clientX - box.left) / box.width * seconds); });
for (const button of call.querySelectorAll('[data-at]')) button.addEventListener('click', () => go(Number(button.dataset.at)));
}
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** For a page with `STYLE` and `SCRIPT`, each an element of its own: no other style or script, nothing from elsewhere, and nowhere to send to. */
export const PAGE_POLICY = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; media-src data:; base-uri 'none'; form-action 'none'`;

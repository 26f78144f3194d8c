import { offline } from '../../../evals/report';
import { evalPage } from '../../../evals/report-page';
import { stereoWav } from '../../../evals/report-page/sound';
import { FAILED, NOT_RUN, PASSED } from '../../testbed/programs/eval/support/held-call';

const page = evalPage([NOT_RUN, PASSED, FAILED], offline('live'));

it('is one file that needs no other and no network', () => {
  expect(page).not.toMatch(/(?:src|href)="(?!data:)|url\(|@import|https?:/);
  expect(page.match(/<audio controls src="data:audio\/wav;base64,/g)).toHaveLength(2);
});

it('has the failures first and open, what passed folded, and why a call was not held', () => {
  const calls = [...page.matchAll(/<details class="call (\S+)"( open)?>/g)];
  expect(calls.map(([, outcome, open]) => [outcome, open])).toEqual([
    ['fail', ' open'],
    ['pass', undefined],
    ['not-run', undefined],
  ]);
  expect(page).toContain('<li dir="auto">needs a real model</li>');
});

it('shows words as text, tools with their time, silences, and how soon an interrupted bot was silent', () => {
  expect(page).toContain('>Is a &lt; b?</span>');
  expect(page).toContain('>find_slot 1.00 s</text>');
  expect(page).toContain('>2.3 s silent</text>');
  expect(page).toContain('>interrupted, silent after 120 ms</text>');
  expect(page).toContain('The caller kept 1.001 of real time');
});

it('leaves out sound that would make it too large, of what passed first', () => {
  const large = evalPage([PASSED, FAILED], offline('live'), 400_000);
  expect(large.match(/<audio /g)).toHaveLength(1);
  expect(large.indexOf('The sound is left out')).toBeGreaterThan(large.lastIndexOf('<audio '));
});

it('has the caller on the left and the bot on the right', () => {
  const wav = Buffer.from(stereoWav(Int16Array.of(1, 2), Int16Array.of(-1), 16_000), 'base64');
  expect(wav.readUInt16LE(22)).toBe(2);
  expect(wav.readUInt32LE(28)).toBe(64_000);
  expect([44, 46, 48, 50].map((at) => wav.readInt16LE(at))).toEqual([1, -1, 2, 0]);
});

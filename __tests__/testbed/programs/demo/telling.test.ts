import { WriteStream } from 'node:tty';
import type { DemoCall } from '../../../../testbed/programs/demo/call';
import { reportPage } from '../../../../testbed/programs/demo/call-report/page';
import { peaks } from '../../../../ops/call-page';
import { onTimeLine } from '../../../../testbed/speech';
import { modelCause } from '../../../../testbed/programs/demo/model-cause';
import { loudness, Narrator } from '../../../../testbed/programs/demo/narrator';
import { lineText, Scene } from '../../../../testbed/programs/demo/scene';

/** RTVI's `bot-output`. */
function output(id: number, text: string, status: string, heard = ''): { type: string; data: object } {
  const progress = { accumulated_text: heard, remaining_text: '' };
  return { type: 'bot-output', data: { segment_id: id, text, spoken_status: status, spoken_progress: progress } };
}

const TOLD = [
  { ...output(0, 'Hello <there>.', 'new'), atMs: 900 },
  { ...output(0, 'Hello <there>.', 'in-progress'), atMs: 1_000 },
  { ...output(0, 'Hello <there>.', 'completed'), atMs: 2_000 },
  { type: 'user-transcription', data: { text: 'and', final: false }, atMs: 3_000 },
  { type: 'user-transcription', data: { text: 'and you', final: true }, atMs: 3_500 },
  { ...output(1, 'I am well.', 'in-progress'), atMs: 4_000 },
  { ...output(1, 'I am well.', 'in-progress', 'I am '), atMs: 4_600 },
  { type: 'llm-function-call-in-progress', data: { tool_call_id: '1' }, atMs: 5_000 },
];

describe('D1: the demo tells a call', () => {
  it('in lines, as soon as each is certain', () => {
    const scene = new Scene();
    const certain = TOLD.map((told) => scene.take(told)).filter((line) => line !== undefined);

    expect(certain.map(lineText)).toEqual([
      '   1.0 s  bot     Hello <there>.',
      '   3.5 s  caller  and you',
      '   4.0 s  bot     I am — (cut off)',
      '   5.0 s  tool    a tool is asked',
    ]);
    expect(scene.lines).toEqual(certain);
  });

  it('as it happens: what is to be proved first, then who says what', () => {
    const written: string[] = [];
    const out = Object.create(WriteStream.prototype, {
      isTTY: { value: false },
      write: { value: (text: string) => written.push(text) },
    }) as WriteStream;
    const narrator = new Narrator(out);
    narrator.begin(100_000, { caller: () => undefined, bot: () => undefined });
    narrator.step('The bot speaks first.');
    for (const told of TOLD.slice(0, 3)) narrator.take({ ...told, atMs: 100_000 + told.atMs });
    narrator.stop();

    expect(written.map((text) => text.trim())).toEqual(['The bot speaks first.', '1.0 s  bot     Hello <there>.']);
  });

  it('by levels from silence to loud', () => {
    const tone = (amplitude: number): Int16Array =>
      Int16Array.from({ length: 480 }, (_, i) => amplitude * 32_767 * Math.sin(i / 5));
    expect([loudness(new Int16Array(480)), loudness(new Int16Array(0)), loudness(tone(1))]).toEqual([0, 0, 1]);
    expect(loudness(tone(0.02))).toBeGreaterThan(0.2);
    expect(loudness(tone(0.02))).toBeLessThan(0.6);
  });
});

describe('D1: the report of a call', () => {
  const second = { rateHz: 16_000, pcm: new Int16Array(16_000).fill(8_000) };
  const call: DemoCall = {
    way: 'WebRTC',
    beganMs: 50_000,
    said: [{ ...second, startMs: 51_000 }],
    heard: { ...second, startMs: 53_000 },
    modelHeard: undefined,
    lines: [
      { atMs: 2_500, endMs: 2_500, who: 'caller', text: 'a < b & "c"' },
      { atMs: 3_000, endMs: 4_000, who: 'bot', text: 'Really?' },
    ],
    spans: [
      { fromMs: 52_000, toMs: 53_000, about: 'answered' },
      { fromMs: 52_000, toMs: Infinity, about: 'never' },
    ],
    figures: [{ name: 'lost', value: 3, unit: '', limit: { atMost: 0 } }],
    hangUp: () => Promise.resolve(),
  };
  const page = reportPage(call, 'Something is wrong.');

  it('is one file that needs no other and no network', () => {
    expect(page).not.toMatch(/(?:src|href)="(?!data:)|url\(|@import|https?:/);
    expect(page).toContain('<audio controls src="data:audio/wav;base64,');
    expect(page).toContain('answered in 1.00 s');
    expect(page).not.toContain('never in');
    expect(page).toContain('<tr class="wrong"><td>lost</td>');
  });

  it('shows words as text, where they were spoken', () => {
    expect(page).toContain(
      '>1.0 s</button><span class="who">caller</span><span dir="auto">a &lt; b &amp; &quot;c&quot;</span>',
    );
  });

  it('has both sides on one line of time', () => {
    const line = onTimeLine([{ ...second, startMs: 51_000 }], { fromMs: 50_000, durationMs: 4_000, rateHz: 8_000 });
    expect(peaks(line, 4).map((peak) => peak > 0.2)).toEqual([false, true, false, false]);
  });
});

describe('D2: why the model could not be spoken with', () => {
  it("is the newest failure in the bot's log that is the model's", () => {
    expect(
      modelCause([
        { msg: 'stream failed', err: { code: 'model_unreachable', message: 'Nothing listens.' } },
        { msg: 'call ended', err: { code: 'internal', message: 'else' } },
      ]),
    ).toBe('The model could not be spoken with: Nothing listens. (model_unreachable; docs/errors.md says what to do)');
    expect(modelCause([{ msg: 'listening' }])).toBeUndefined();
  });
});

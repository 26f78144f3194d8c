import type { EncodedPiece, SpokenSentence } from '../../../../testbed/fakes/bedrock/speech-cache';
import { OutputEvents, type Stage, type StopReason } from '../../../../testbed/fakes/bedrock/output';
import { cutBySpeech } from '../../../../testbed/fakes/bedrock/cut';
import { Speaker } from '../../../../testbed/fakes/bedrock/speaker';

/** Writes down what would be sent, in short. */
class ShortHand extends OutputEvents {
  readonly lines: string[] = [];
  audioMs = 0;

  constructor() {
    super({ promptName: 'p', sessionId: 's' }, () => undefined);
  }

  override text(_role: string, stage: Stage, content: string, stop: StopReason): void {
    this.lines.push(`${stage} ${content} ${stop}`);
  }
  override audioStart(): void {
    this.lines.push('audio');
  }
  override audioPiece(piece: EncodedPiece): void {
    this.audioMs += piece.durationMs;
  }
  override audioEnd(stop: StopReason): void {
    this.lines.push(`end ${stop}`);
  }
}

function sentence(text: string, seconds: number): SpokenSentence {
  const pieces = Array.from({ length: Math.round((seconds * 1000) / 32) }, () => ({
    encoded: '',
    rest: '',
    durationMs: 32,
  }));
  return { text, pieces, durationMs: pieces.length * 32 };
}

function speak(...seconds: number[]): { output: ShortHand; speaker: Speaker } {
  const output = new ShortHand();
  const texts = seconds.map((_, index) => `s${index}`);
  const speaker = new Speaker(output, texts);
  for (const [index, length] of seconds.entries()) speaker.ready(index, sentence(texts[index] ?? '', length));
  return { output, speaker };
}

/** Ticks every 20 ms up to and including `toMs`; the time at which the speaker was done. */
function run(speaker: Speaker, fromMs: number, toMs: number): number | undefined {
  for (let now = fromMs; now <= toMs; now += 20) if (speaker.tick(now)) return now;
  return undefined;
}

describe('an answer being spoken', () => {
  it('begins with a burst and goes on three times faster than it is heard', () => {
    const { output, speaker } = speak(10);
    speaker.tick(0);
    expect(output.audioMs).toBeGreaterThanOrEqual(400);
    expect(output.audioMs).toBeLessThan(450);
    run(speaker, 20, 1000);
    expect(output.audioMs).toBeGreaterThanOrEqual(3400 - 60);
    expect(output.audioMs).toBeLessThan(3450);
  });

  it('says what it is about to say before each piece of audio, and what was heard when it has been heard', () => {
    const { output, speaker } = speak(0.96, 0.96);
    expect(run(speaker, 0, 5000)).toBe(1920);
    expect(output.lines).toEqual([
      'SPECULATIVE s0 PARTIAL_TURN',
      'audio',
      'end PARTIAL_TURN',
      'SPECULATIVE s1 PARTIAL_TURN',
      'audio',
      'end END_TURN',
      'FINAL s0 PARTIAL_TURN',
      'FINAL s1 END_TURN',
    ]);
  });

  it('never nests a FINAL text into open audio', () => {
    const { output, speaker } = speak(0.32, 9.6);
    run(speaker, 0, 2000);
    expect(output.lines).toEqual([
      'SPECULATIVE s0 PARTIAL_TURN',
      'audio',
      'end PARTIAL_TURN',
      'SPECULATIVE s1 PARTIAL_TURN',
      'audio',
    ]);
    run(speaker, 2020, 3300);
    expect(output.lines.slice(5)).toEqual(['end END_TURN', 'FINAL s0 PARTIAL_TURN']);
  });

  it('waits for a sentence that has not been synthesised, and counts it as heard that much later', () => {
    const output = new ShortHand();
    const speaker = new Speaker(output, ['s0', 's1']);
    speaker.ready(0, sentence('s0', 0.32));
    expect(run(speaker, 0, 2000)).toBeUndefined();
    speaker.ready(1, sentence('s1', 0.32));
    expect(run(speaker, 2000, 5000)).toBe(2320);
  });

  it('interrupted in the middle of its audio, ends it at once and takes back what was not heard', () => {
    const { output, speaker } = speak(0.32, 9.6);
    run(speaker, 0, 500);
    const sentMs = output.audioMs;
    speaker.interrupt(500);
    expect(output.lines.slice(-3)).toEqual([
      'end INTERRUPTED',
      'FINAL s0 PARTIAL_TURN',
      'FINAL { "interrupted" : true } INTERRUPTED',
    ]);
    expect(speaker.tick(520)).toBe(true);
    expect(output.audioMs).toBe(sentMs);
  });

  it('interrupted after all has been sent but not all heard, says so and gives no FINAL for the rest', () => {
    const { output, speaker } = speak(0.96, 0.96);
    run(speaker, 0, 1000);
    expect(output.lines).toContain('end END_TURN');
    speaker.interrupt(1000);
    expect(output.lines.at(-1)).toBe('FINAL { "interrupted" : true } INTERRUPTED');
    expect(output.lines.filter((line) => line.startsWith('FINAL s'))).toEqual(['FINAL s0 PARTIAL_TURN']);
    expect(speaker.tick(5000)).toBe(true);
  });

  it('interrupted, says whether the client has been told: not where the audio block had ended and no marker follows', () => {
    const withoutMarker = cutBySpeech({ bargeIn: 'D', cutBlock: 'ends', cutFinal: 'none' });
    const [running, sent] = [speak(4, 2), speak(1)];
    run(running.speaker, 0, 500);
    run(sent.speaker, 0, 500);
    expect(running.speaker.interrupt(510, withoutMarker)).toBe(true);
    expect(sent.speaker.interrupt(510, withoutMarker)).toBe(false);
    expect(sent.output.lines).not.toContain('end INTERRUPTED');
  });

  it('that is stuck never ends its audio, nor itself', () => {
    const { output, speaker } = speak(0.32);
    speaker.stuck = true;
    expect(run(speaker, 0, 20_000)).toBeUndefined();
    expect(output.lines).toEqual(['SPECULATIVE s0 PARTIAL_TURN', 'audio']);
    speaker.interrupt(20_000);
    expect(output.lines.slice(2)).toEqual(['end INTERRUPTED', 'FINAL { "interrupted" : true } INTERRUPTED']);
  });
});

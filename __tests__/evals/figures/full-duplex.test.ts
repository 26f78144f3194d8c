import { type CallersSound, duplexFigures, type Sound } from '../../../evals/figures';
import type { CallEvent } from '../../../evals/expect';

const turn = (fromMs: number, toMs: number): CallersSound => ({ fromMs, toMs, isNoTurn: false });
const noise = (fromMs: number, toMs: number): CallersSound => ({ fromMs, toMs, isNoTurn: true });
const sound = (fromMs: number, toMs: number): Sound => ({ fromMs, toMs });
const cutAt = (atMs: number): CallEvent => ({ name: 'bot_interrupted', atMs });

describe("Full-Duplex-Bench's measures", () => {
  it('takes a turn that is answered by a second of speech, or by more than three words', () => {
    const caller = [turn(0, 1_000), turn(5_000, 6_000), turn(10_000, 11_000)];
    const bot = [sound(1_700, 3_000), sound(6_900, 7_300), sound(11_500, 12_000)];
    const words: CallEvent = { name: 'tts_response', atMs: 11_500, text: 'It is half past' };
    expect(duplexFigures(bot, caller, [words])).toMatchObject({
      turns: 3,
      turnsTaken: 2,
      turnLatenciesMs: [700, 900, 500],
      interruptions: 0,
      overlapMs: 0,
    });
  });

  it('measures an interruption from its first word to silence, and from its last to the answer', () => {
    expect(duplexFigures([sound(0, 2_060), sound(4_000, 6_000)], [turn(2_000, 3_000)], [cutAt(2_040)])).toMatchObject({
      turns: 0,
      interruptions: 1,
      interruptionsTaken: 1,
      stopLatenciesMs: [60],
      interruptionLatenciesMs: [1_000],
      overlapMs: 60,
    });
  });

  it('counts a noise that stopped the bot, or was answered, and none that the bot spoke on through', () => {
    const stopped = duplexFigures([sound(0, 2_100)], [noise(2_000, 2_300)], [cutAt(2_050)]);
    const answered = duplexFigures([sound(3_000, 5_000)], [noise(2_000, 2_300)], []);
    const passed = duplexFigures([sound(0, 9_000)], [noise(2_000, 2_300)], []);
    expect([stopped, answered, passed].map(({ noTurns, noTurnsTaken }) => [noTurns, noTurnsTaken])).toEqual([
      [1, 1],
      [1, 1],
      [1, 0],
    ]);
  });
});

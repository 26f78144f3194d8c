import type { CallEvent } from '../expect';

/** A stretch of sound without a longer pause; ms by the caller's clock. */
export interface Sound {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Something that the caller said or that was heard from where the caller is. */
export interface CallersSound extends Sound {
  /** An "mm-hm", a cough, a door: no turn. */
  readonly isNoTurn: boolean;
}

/** What both sides of a call were heard to do, as Full-Duplex-Bench measures it (https://github.com/DanielLin94144/Full-Duplex-Bench). */
export interface DuplexFigures {
  /** Turns of the caller's that were said while the bot was silent: how many, and from their end to the bot's first sound. */
  readonly turns: number;
  readonly turnsTaken: number;
  readonly turnLatenciesMs: readonly number[];
  /** Turns that were said over the bot: from their beginning to silence, from their end to the bot's first sound. */
  readonly interruptions: number;
  readonly interruptionsTaken: number;
  readonly stopLatenciesMs: readonly number[];
  readonly interruptionLatenciesMs: readonly number[];
  /** Noises and backchannels, and those that the bot stopped for, or took for a turn. */
  readonly noTurns: number;
  readonly noTurnsTaken: number;
  /** How long both were heard at once. */
  readonly overlapMs: number;
}

/** A backchannel is shorter and has no more words; anything else is a turn (Full-Duplex-Bench v1). */
const BACKCHANNEL_MS = 1_000;
const BACKCHANNEL_WORDS = 3;

/**
 * @param bot what the caller heard of the bot, in order
 * @param caller what came from the caller, in order
 */
export function duplexFigures(
  bot: readonly Sound[],
  caller: readonly CallersSound[],
  events: readonly CallEvent[],
): DuplexFigures {
  const figures = {
    turns: 0,
    turnsTaken: 0,
    turnLatenciesMs: [] as number[],
    interruptions: 0,
    interruptionsTaken: 0,
    stopLatenciesMs: [] as number[],
    interruptionLatenciesMs: [] as number[],
    noTurns: 0,
    noTurnsTaken: 0,
    overlapMs: overlapOf(bot, caller),
  };
  for (const [at, sound] of caller.entries()) {
    const nextMs = caller[at + 1]?.fromMs ?? Infinity;
    const over = bot.find(({ fromMs, toMs }) => fromMs < sound.fromMs && toMs > sound.fromMs);
    if (sound.isNoTurn) {
      figures.noTurns += 1;
      const isCut = events.some(({ name, atMs }) => name === 'bot_interrupted' && isWithin(atMs, sound.fromMs, nextMs));
      const isSpokenOver = bot.some(({ fromMs, toMs }) => fromMs < sound.toMs && toMs > sound.fromMs);
      if (isCut || (!isSpokenOver && tookOver(bot, events, sound.toMs, nextMs))) figures.noTurnsTaken += 1;
      continue;
    }
    const answer = bot.find(({ fromMs }) => isWithin(fromMs, sound.toMs, nextMs));
    const isTaken = tookOver(bot, events, sound.toMs, nextMs);
    if (over === undefined) {
      figures.turns += 1;
      if (isTaken) figures.turnsTaken += 1;
      if (answer !== undefined) figures.turnLatenciesMs.push(answer.fromMs - sound.toMs);
    } else {
      figures.interruptions += 1;
      if (isTaken) figures.interruptionsTaken += 1;
      figures.stopLatenciesMs.push(over.toMs - sound.fromMs);
      if (answer !== undefined) figures.interruptionLatenciesMs.push(answer.fromMs - sound.toMs);
    }
  }
  return figures;
}

/** Whether the bot has said more than a backchannel from `fromMs` on. */
function tookOver(bot: readonly Sound[], events: readonly CallEvent[], fromMs: number, untilMs: number): boolean {
  const heardMs = bot
    .filter((sound) => isWithin(sound.fromMs, fromMs, untilMs))
    .reduce((sum, sound) => sum + sound.toMs - sound.fromMs, 0);
  const words = events.flatMap(({ name, atMs, text = '' }) =>
    name === 'tts_response' && isWithin(atMs, fromMs, untilMs) ? text.trim().split(/\s+/) : [],
  );
  return heardMs >= BACKCHANNEL_MS || words.length > BACKCHANNEL_WORDS;
}

function overlapOf(bot: readonly Sound[], caller: readonly Sound[]): number {
  return bot
    .flatMap((one) => caller.map((other) => Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs)))
    .reduce((sum, ms) => sum + Math.max(0, ms), 0);
}

const isWithin = (ms: number, fromMs: number, untilMs: number): boolean => ms >= fromMs && ms < untilMs;

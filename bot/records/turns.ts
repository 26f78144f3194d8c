import type { RecordedTurn } from '../../contract/call-record';
import type { Collected, Said } from './collected';

/** An hour's conversation has some 600. */
const MAX_TURNS = 4_000;
/** What a record may have of words, and of what tools are told and answer. */
export const MAX_CHARACTERS = 512 * 1024;
/** Words of the caller's that come so soon after their last are of the same turn. */
const SAME_TURN_WITHIN_MS = 4_000;

/** What is said goes on with the turn before, or is a new one. */
export function addTurn(state: Collected, said: Said): Collected {
  const { text, isTooMuch } = textOf(state, said);
  const piece: RecordedTurn = {
    by: said.by,
    ...(said.by === 'bot' ? { agent: said.agent } : {}),
    ...timesOf(state, said),
    via: said.via,
    ...(text === undefined ? {} : { text }),
    ...(said.by === 'bot' && said.isCut ? { isCut: true } : {}),
    ...(said.isSecret ? { isSecret: true } : {}),
  };
  const { dropped, characters } = state;
  const after: Collected = {
    ...(said.by === 'bot' ? state : spoken(state, said)),
    characters: characters + (text?.length ?? 0),
    dropped: isTooMuch ? { ...dropped, turns: dropped.turns + 1 } : dropped,
  };
  const last = state.turns.at(-1);
  if (last !== undefined && goesOn(state, last, piece)) {
    return { ...after, turns: [...state.turns.slice(0, -1), joined(last, piece)] };
  }
  return said.by === 'bot' ? beginBotTurn(after, piece) : push(after, piece);
}

function textOf({ characters }: Collected, { text, isSecret }: Said): { text: string | undefined; isTooMuch: boolean } {
  if (text === undefined || isSecret) return { text: undefined, isTooMuch: false };
  const isTooMuch = characters + text.length > MAX_CHARACTERS;
  return { text: isTooMuch ? undefined : text, isTooMuch };
}

function beginBotTurn(state: Collected, turn: RecordedTurn): Collected {
  // Words of a turn that was cut off may be told after its end.
  const { botDoneMs = -Infinity, answer } = state;
  const next = turn.startMs < botDoneMs ? state : { ...state, botDoneMs: undefined };
  if (turn.via !== 'voice' || answer === undefined) return push(next, turn);
  return push({ ...next, answer: undefined }, { ...turn, answer });
}

function timesOf({ voice }: Collected, said: Said): { startMs: number; endMs: number } {
  const whole = (startMs: number, endMs: number) => ({
    startMs: Math.round(startMs),
    endMs: Math.max(Math.round(startMs), Math.round(endMs)),
  });
  if (said.by === 'bot') return whole(said.startMs, said.endMs);
  if (said.via !== 'voice' || voice === undefined) return whole(said.atMs, said.atMs);
  return whole(voice.startMs, voice.endMs ?? said.atMs);
}

/** What the caller says after this begins with the voice that is still heard. */
function spoken(state: Collected, said: Said & { readonly by: 'caller' }): Collected {
  const { voice } = state;
  if (said.via !== 'voice' || voice === undefined) return state;
  return { ...state, voice: voice.endMs === undefined ? { startMs: said.atMs, endMs: undefined } : undefined };
}

function goesOn({ botDoneMs }: Collected, last: RecordedTurn, next: RecordedTurn): boolean {
  if (last.by !== next.by || last.via !== next.via || last.agent !== next.agent || last.isSecret !== next.isSecret) {
    return false;
  }
  if ((last.text === undefined) !== (next.text === undefined)) return false;
  if (next.by === 'caller') return next.via === 'voice' && next.startMs - last.endMs < SAME_TURN_WITHIN_MS;
  return last.isCut !== true && next.via === 'voice' && (botDoneMs === undefined || next.startMs < botDoneMs);
}

function joined(last: RecordedTurn, next: RecordedTurn): RecordedTurn {
  const text = last.text === undefined || next.text === undefined ? {} : { text: `${last.text} ${next.text}` };
  const isCut = next.isCut === true ? { isCut: true } : {};
  return { ...last, ...text, ...isCut, endMs: Math.max(last.endMs, next.endMs) };
}

function push(state: Collected, turn: RecordedTurn): Collected {
  const { dropped, turns } = state;
  if (turns.length >= MAX_TURNS) return { ...state, dropped: { ...dropped, turns: dropped.turns + 1 } };
  return { ...state, turns: [...turns, turn] };
}

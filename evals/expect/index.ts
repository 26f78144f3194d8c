export type { CallEvent, FailureKind, SentTurn, Verdict } from './judge-turn';
export { isCall, judgeTurn } from './judge-turn';

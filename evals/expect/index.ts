export type { CallEvent, FailureKind, SentTurn, Verdict } from './judge-turn';
export { judgeTurn } from './judge-turn';

export type { CallEvent, SentTurn, Verdict } from './judge-turn';
export { judgeTurn } from './judge-turn';

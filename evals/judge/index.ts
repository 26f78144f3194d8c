export { ConverseJudge, type Judge } from './judge';
export type { JudgeQuestion } from './question';

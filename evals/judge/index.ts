export { ConverseJudge, type Judge } from './judge';
export { judgeRun } from './judge-run';
export type { JudgeQuestion } from './question';

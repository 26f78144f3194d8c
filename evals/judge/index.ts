export { ConverseJudge, type ConverseJudgeOptions, type Judge } from './judge';
export { judgeRun } from './judge-run';
export { VerdictFile } from './verdict-file';

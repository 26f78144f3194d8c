export { brokenLimits, type CallFacts, mostAnswersInATurn } from './limits';
export type { Line, LineEnd } from './line';
export { type CallerPace, PaceMeter, unsteady } from './pace';
export { runScript, type ScriptRun } from './run-script';
export { WatchedCall } from './watched-call';

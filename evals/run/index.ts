export { brokenLimits, type CallFacts } from './limits';
export type { Line } from './line';
export { runScript, type ScriptRun } from './run-script';

export { deployed, live, type Mode, offline, replay, type RunAbout } from './about';
export { goalLines, goalsOf } from './goal-lines';
export { junitXml } from './junit';
export { countsOf, runLines, summaryLines } from './lines';
export { failuresOf, outcomeOf } from './outcome';
export { type Failure, type HeldCall, type Recorded, resultSince, type RunResult, withoutRun } from './result';
export { jsonLines } from './results-jsonl';
export { simulationLines } from './simulation-lines';
export { markdownSummary } from './summary';

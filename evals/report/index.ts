export { deployed, live, type Mode, offline, replay, type RunAbout } from './about';
export { goalLines, goalsOf } from './goal-lines';
export { junitXml } from './junit';
export { countsOf, runLines, summaryLines } from './lines';
export { failuresOf, outcomeOf } from './outcome';
export { type Failure, type HeldCall, type Recorded, resultSince, type RunResult } from './result';
export { jsonLines } from './results-jsonl';
export { markdownSummary } from './summary';

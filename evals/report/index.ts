export { live, type Mode, offline, replay, type RunAbout } from './about';
export { goalLines, goalsOf } from './goal-lines';
export { junitXml } from './junit';
export { countsOf, jsonLines, runLines, summaryLines } from './lines';
export type { Failure, HeldCall, Recorded, RunResult } from './result';
export { markdownSummary } from './summary';

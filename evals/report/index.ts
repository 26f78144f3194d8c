export { junitXml } from './junit';
export { countsOf, jsonLines, runLines, summaryLines } from './lines';
export { type Failure, type HeldCall, type Mode, PROVES, type RunResult } from './result';
export { markdownSummary } from './summary';

export { junitXml } from './junit';
export { countsOf, jsonLines, runLines, summaryLines } from './lines';
export type { Failure, RunResult } from './result';

export { junitXml } from './junit';
export { countsOf, jsonLines, runLines, summaryLines } from './lines';
export type { RunResult } from './result';

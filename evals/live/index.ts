export { Budget } from './budget';
export { MAX_ERROR_SHARE, reliabilityOf, seriesLines, seriesOf, type SeriesResult } from './series';

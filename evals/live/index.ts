export { Budget } from './budget';
export { MAX_ERROR_SHARE, reliabilityOf, type Series, seriesLines, seriesOf, type SeriesResult } from './series';

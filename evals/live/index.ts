export { PaidModels } from './paid-models';
export { criteriaOf, textModelsUsd } from './prices';
export { MAX_ERROR_SHARE, reliabilityOf, type Series, seriesLines, seriesOf, type SeriesResult } from './series';

export { ApiError, AwsApi } from './api';
export { DATA_SOURCES } from './data-sources';
export { coverage, EmulatedCloud, PartlyMade, RESOURCES } from './emulated-cloud';
export { REPLACING } from './replacing';

export { ApiError, AwsApi } from './api';
export { coverage, EmulatedCloud, PartlyMade, RESOURCES } from './emulated-cloud';
export { REPLACING } from './replacing';

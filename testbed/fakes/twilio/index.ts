export { openTwilio } from './server';
export type { FakeTwilio } from './types';

export { openTwilio } from './server';
export type { FakeCall, FakeTwilio, LineQuality, SignatureForm } from './types';

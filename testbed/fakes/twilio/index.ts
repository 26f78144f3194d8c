export { openTwilio } from './server';
export type { FakeCall, FakeTwilio, SignatureForm } from './types';

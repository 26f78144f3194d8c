export {
  type Behaviours,
  DEFAULT_DIALECT,
  type Dialect,
  DIALECTS,
  isDialect,
  parseSwitch,
  SWITCH_NAMES,
  type SwitchName,
  SWITCHES,
} from './behaviours';
export { type ConverseAnswer, FakeConverse, type FakeConverseOptions } from './converse';
export { type Cassette, loadCassette } from './replay/refill';
export type { Departure } from './replay/replay';
export { drawMixture } from './mixture';
export { behavioursOf, isScriptName, SCRIPTS } from './scripts';
export {
  bundledScenario,
  FAKE_CREDENTIALS,
  type FakeBedrock,
  type FakeBedrockOptions,
  type Fault,
  type ModelScript,
  type ScriptedReply,
  loadScenario,
  startFakeBedrock,
} from './server';
export type { AcceptedCredentials } from './sigv4';
export { TEST_ONLY_CERT_FILE, testOnlyTls } from './tls/pair';
export type { FakeSession } from './types';

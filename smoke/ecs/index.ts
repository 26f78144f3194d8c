export type { FakeTask } from './cluster';
export { FakeEcs } from './server';

export { FakeCluster, type FakeTask } from './cluster';
export { FakeEcs, type TaskEnvironment } from './server';

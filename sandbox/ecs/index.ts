export { FakeCluster, type FakeTask } from './cluster';
export { FakeEcs, type TaskEnvironment } from './server';
export { LoadBalancer } from './load-balancer';

export { LoadBalancer } from './load-balancer';
export { Rollouts } from './rollouts';
export { Scheduler, type StoppedTask } from './scheduler';

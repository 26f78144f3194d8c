export { LoadBalancer } from './load-balancer';
export { Rollouts } from './rollouts';
export { Scheduler } from './scheduler';

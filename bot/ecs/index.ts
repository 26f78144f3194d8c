export { type EcsTask, joinEcs } from './ecs-task';

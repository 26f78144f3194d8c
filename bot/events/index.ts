export { CallEvents } from './call-events';

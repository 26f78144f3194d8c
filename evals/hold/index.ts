export { holdCall, type TextModels } from './hold-call';

export { type CallersSound, duplexFigures, type Sound } from './full-duplex';
export { type CallSamples, type GoalRow, goalRows, type Transport } from './goals';
export { percentile } from './percentile';

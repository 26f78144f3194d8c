export { neverMet } from './never-met';
export { scenariosOfAgent } from './of-agent';
export { meant, problemAt } from './problem';
export type { Scenario, Script, Simulation } from './scenario';
export { scenarioSchema } from './scenario';
export type {
  CallersLine,
  EventName,
  Expectation,
  ExpectedCall,
  JudgedMetric,
  Limits,
  MeasuredMetric,
  ModelStep,
  SaidPart,
  ToolMock,
  Turn,
} from './schema';
export { isForARealModel, isOfScript } from './script-words';

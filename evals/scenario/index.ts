export { neverMet } from './never-met';
export { scenariosOfAgent } from './of-agent';
export type { Scenario, Script } from './scenario';
export { scenarioSchema } from './scenario';
export type {
  CallersLine,
  EventName,
  Expectation,
  ExpectedCall,
  Limits,
  ModelStep,
  SaidPart,
  ToolMock,
  Turn,
} from './schema';
export { isForARealModel, isOfScript } from './script-words';

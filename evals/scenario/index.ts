export { ScenarioError } from './problem';
export type { Scenario, Script } from './scenario';
export { readScenarios, scenarioSchema } from './scenario';
export type { CallersLine, EventName, Expectation, ExpectedCall, Limits, ModelStep, ToolMock, Turn } from './schema';

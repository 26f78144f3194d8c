export { currentTimeTool } from './current-time';
export { OpenMeteo } from './open-meteo';
export { failure, type ToolAnswer, ToolRunner } from './tool-runner';
export { weatherTool } from './weather';

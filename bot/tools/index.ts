export { currentTimeTool } from './current-time';
export { OpenMeteo } from './open-meteo';
export { ToolRunner } from './tool-runner';
export { weatherTool } from './weather';

export { judgeSimulation } from './judge-simulation';
export { Persona } from './persona';
export { MAX_TURNS, runSimulation, type SimulationRun } from './run-simulation';

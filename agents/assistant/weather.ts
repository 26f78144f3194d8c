import type { ToolFunction } from '../../contract/agent';
import { OpenMeteo } from './open-meteo';
import type { city } from './place';

const openMeteo = new OpenMeteo();

const weather: ToolFunction<typeof city> = ({ place }, { signal }) => openMeteo.current(place, signal);
export default weather;

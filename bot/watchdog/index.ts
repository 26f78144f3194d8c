export { startWatchdog } from './watchdog';

import { openBot } from './compose';
import { runBot } from './process';
import { startWatchdog } from './watchdog';

void runBot({ host: process, compose: openBot, watch: startWatchdog });

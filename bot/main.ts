import { createBot } from './compose';
import { runBot } from './process';
import { startWatchdog } from './watchdog';

void runBot({ host: process, compose: createBot, watch: startWatchdog });

import { openBot } from './compose';
import { runBot } from './process';
import { returnSpareMemory } from './spare-memory';
import { startWatchdog } from './watchdog';

void runBot({ host: process, compose: openBot, watch: startWatchdog, onIdle: () => void returnSpareMemory() });

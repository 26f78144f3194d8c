import { createBot } from './compose';
import { runBot } from './process';

void runBot({ host: process, compose: (config, telemetry) => createBot(config, { telemetry }) });

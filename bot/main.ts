import { createBot } from './compose';
import { runBot } from './process';

void runBot({ host: process, compose: createBot });

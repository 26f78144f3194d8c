export { BotProcess } from './bot-process';
export { buildBot, buildPages } from './build-bot';
export { waitedMs } from './cores';
export { freePort } from './free-port';
export { processTree } from './process-tree';
export { metric, startBot } from './started-bot';
export { connectBots, PHONE_HOST, phoneEnvironment } from './telephone';
export { openConnectionsTo } from './tcp';
export { span, Worker } from './worker';

/** A process with nothing but a watchdog, ten times as fast as the bot's; it answers its parent. */
import { startWatchdog } from '../../../bot/watchdog';

const logger = { bindings: () => ({ version: '1.2.3' }), error: (fields: object) => process.send?.(fields) };
startWatchdog({ logger, checkEveryMs: 100 });
process.on('message', (said) => process.send?.(said));
process.send?.('ready');

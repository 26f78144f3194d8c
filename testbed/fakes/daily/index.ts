export { localDaily } from './local-bot';
export { startFakeDaily } from './server';

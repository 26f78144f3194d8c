export { type LocalDaily, localDaily } from './local-bot';
export { type FakeDaily, startFakeDaily } from './server';

export { createApp } from './app';
export { openMediaUpgrades } from './phone/routes';
export { createHttpServer } from './server';

export { createApp } from './app';
export { createHttpServer } from './server';

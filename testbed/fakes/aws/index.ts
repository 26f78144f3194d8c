export { FakeAws } from './fault-proxy';
export { hasMoto, INSTALL_MOTO, Moto } from './moto';

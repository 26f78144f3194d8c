export { FakeAws } from './fault-proxy';
export { FakeFunctions } from './functions';
export { hasMoto, INSTALL_MOTO, Moto } from './moto';

export { FakeAws, type SeenRequest } from './fault-proxy';
export { FakeFunctions } from './functions';
export { FakeObjectStore } from './object-store';
export { hasMoto, INSTALL_MOTO, Moto } from './moto';
export { NamedQueries } from './named-queries';
export { QueryDefinitions } from './query-definitions';

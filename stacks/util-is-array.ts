import util from 'node:util';

/*
 * CDKTF is at its last version and asks `util.isArray`, which Node 26 warns of (DEP0044) and a later one may take away: it is
 * what Array.isArray is.
 */
Object.defineProperty(util, 'isArray', { value: Array.isArray, configurable: true, writable: true });

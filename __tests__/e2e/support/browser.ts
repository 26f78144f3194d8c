export * from '../../../sandbox/browser/browser';

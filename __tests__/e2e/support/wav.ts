export * from '../../../sandbox/browser/wav';

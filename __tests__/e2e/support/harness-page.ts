export * from '../../../sandbox/browser/harness-page';

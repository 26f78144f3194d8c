export * from '../../../smoke/browser/harness-page';

export * from '../../../smoke/browser/browser';

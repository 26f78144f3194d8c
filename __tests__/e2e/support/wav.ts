export * from '../../../smoke/browser/wav';

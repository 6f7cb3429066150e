export { bench, type BenchContext, type BenchSection } from './bench';
export { evalSr } from './eval-sr';

export { evalSr } from './eval-sr';

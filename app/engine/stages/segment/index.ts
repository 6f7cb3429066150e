export { Segment } from './segment-stage';

export { evalMatte } from './eval-matte';
export { evalSegment } from './eval-segment';
export { evalTrack } from './eval-track';

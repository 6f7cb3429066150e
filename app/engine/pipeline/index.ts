export { expectedResults } from './expected-frames';
export { Gate } from './gate';
export { checkOutputs } from './check-outputs';
export { runEachInstance } from './each-instance';
export { runStill } from './run-still';
export type { Closed, RunEvents, RunFacts } from './run-events';
export { runVideo } from './run-video';
export { workFolder } from './segment-store';
export { Stopwatch } from './stopwatch';

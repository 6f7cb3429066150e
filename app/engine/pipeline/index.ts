export { expectedResults } from './expected-frames';
export { Gate } from './gate';
export { checkOutput } from './result-file';
export { runStill } from './run-still';
export { runVideo, type RunEvents, type RunFacts } from './run-video';
export { workFolder } from './segment-store';
export { Stopwatch } from './stopwatch';

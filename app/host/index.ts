export { KeptEngine } from './kept-engine';
export { PageEngine, type OutputFolder } from './page-engine';
export { pageHeaders } from './page-headers';
export { readAsset, type Asset } from './assets';
export { answerCall, type HostCalls } from './host-calls';

export { ENGINE_ENVIRONMENT } from './environment';
export { engineClientOver, serveEngine, type Channel, type EngineClient } from './rpc';
export { spawnEngine, type SpawnOptions } from './spawn';

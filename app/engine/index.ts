export { ENGINE_ENVIRONMENT, LEAVE_ROOM_VARIABLE } from './environment';
export { engineClientOver, serveEngine, type Channel, type EngineClient } from './rpc';
export { spawnEngine, type SpawnOptions } from './spawn';

/**
 * What the engine's process must have in its environment from the start, whoever forks it:
 * onnxruntime keeps a database of usage and sends it to its maker unless it is told not to.
 */
export const ENGINE_ENVIRONMENT: Readonly<Record<string, string>> = { ORT_DISABLE_TELEMETRY: '1' };

/** Set for an engine that lets other programs come first. */
export const LEAVE_ROOM_VARIABLE = 'CLEARCUT_LEAVE_ROOM';

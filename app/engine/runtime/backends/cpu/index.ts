export { HybridSession, type HybridSessionOptions } from './hybrid-session';

export { HybridSession, type HybridSessionOptions, type SegmentTiming } from './hybrid-session';

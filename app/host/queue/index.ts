export type { ExportEngine } from './export-engine';
export { ExportQueue } from './export-queue';
export { JobLog } from './job-log';

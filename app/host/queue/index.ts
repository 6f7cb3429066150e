export { ExportQueue, type ExportEngine } from './export-queue';
export { JobLog } from './job-log';

import type { JobEvent, JobRequest } from '../../shared';

/** What the queue needs of an engine. */
export interface ExportEngine {
  start(request: JobRequest): Promise<string>;
  cancel(jobId: string): Promise<void>;
  pause(jobId: string): Promise<void>;
  unpause(jobId: string): Promise<void>;
  onJobEvent(listener: (event: JobEvent) => void): () => void;
  /** Ends the process; the next call starts one with the settings of that moment. */
  close(): Promise<void>;
}

export { planJobs } from './plan';
export { JobQueue } from './queue';

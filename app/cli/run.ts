import { Option, type Command } from 'commander';
import {
  CancelledError,
  formatDuration,
  formatSize,
  fromErrorData,
  OPTIONS,
  PRESETS,
  resumeOption,
  UserError,
  type ErrorData,
  type JobEvent,
  type JobRequest,
  type JobResult,
} from '../shared';
import type { EngineClient } from '../engine';
import { gpuOption, wishForGpu } from './gpus';
import { optionOf } from './option';
import { STAGE_OPTIONS, toRequest, type RunFlags, type StageKind } from './request';
import { JobProgressBar } from './progress-bar';
import { print, printJson, withEngine } from './output';

/** Files beside the first that are named one by one. */
const MOST_NAMED = 4;

/** What `run --json` prints: one entry a file. */
interface RunOutcome {
  readonly input: string;
  readonly output: string;
  readonly status: 'done' | 'failed';
  readonly result?: JobResult;
  readonly error?: ErrorData;
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('Enhance, smooth, slow down or cut out of videos, stills, or every one in a folder')
    .argument('<in...>', 'videos, stills or folders (recursive; the tree is mirrored)')
    .requiredOption('-o, --out <out>', 'result file, or folder where the input is one or there are several')
    .addOption(
      new Option('--preset <name>', `settings by name: ${PRESETS.map((preset) => preset.name).join(', ')}`),
    );
  for (const spec of OPTIONS) if (spec !== resumeOption) command.addOption(optionOf(spec));
  command.addOption(gpuOption());
  // Stages come in the order in which they are asked for.
  const said: StageKind[] = [];
  for (const [option, kind] of STAGE_OPTIONS) command.on(`option:${option}`, () => said.push(kind));
  command
    .addOption(new Option(resumeOption.flag, resumeOption.help).default(true, 'on'))
    .addOption(new Option('--no-resume', 'start over, even where finished segments could be used'))
    .option('--json', 'machine-readable result on stdout')
    .addHelpText(
      'after',
      `\nPresets:\n${PRESETS.map((preset) => `  ${preset.name.padEnd(20)} ${preset.help}`).join('\n')}`,
    )
    .action(async (inputs: readonly string[], flags: RunFlags & { gpu?: string }) => {
      wishForGpu(flags.gpu);
      const requests = inputs.map((input) => toRequest(input, flags, said));
      await withEngine((engine, signal) => runAll(engine, signal, requests, flags.json ?? false));
    });
}

async function runAll(
  engine: EngineClient,
  signal: AbortSignal,
  requests: readonly JobRequest[],
  json: boolean,
): Promise<void> {
  const jobs = await engine.plan(requests);
  const outcomes: RunOutcome[] = [];
  let firstError: Error | null = null;
  for (const [index, job] of jobs.entries()) {
    const heading = jobs.length > 1 ? `[${index + 1}/${jobs.length}] ${job.input}` : '';
    try {
      const told = new Set<string>();
      const result = await runOne(engine, signal, job, { heading, told });
      outcomes.push({ input: job.input, output: result.output, status: 'done', result });
      if (!json) printResult(result, told);
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      const failure = error instanceof JobFailure ? error.data : null;
      if (!failure && jobs.length === 1) throw error;
      const data: ErrorData = failure ?? toData(error);
      outcomes.push({
        input: job.input,
        output: job.output,
        status: 'failed',
        error: { code: data.code, message: data.message },
      });
      firstError ??= fromErrorData(data);
      if (jobs.length > 1) process.stderr.write(`clearcut: ${data.message}\n`);
    }
  }
  if (json) printJson({ jobs: outcomes });
  if (firstError && jobs.length === 1) throw firstError;
  const failed = outcomes.filter((outcome) => outcome.status === 'failed').length;
  if (failed > 0)
    throw new UserError('tool-failed', `${failed} of ${jobs.length} files failed; the others are done.`, {
      cause: firstError,
    });
}

/** A job that ended with an error of the engine's. */
class JobFailure extends Error {
  constructor(readonly data: ErrorData) {
    super(data.message);
  }
}

function toData(error: unknown): ErrorData {
  if (error instanceof UserError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** One job to its end; `told` gets the notes that were shown on the way. @throws CancelledError, JobFailure, or what `start` refused. */
async function runOne(
  engine: EngineClient,
  signal: AbortSignal,
  job: JobRequest,
  { heading, told }: { readonly heading: string; readonly told: Set<string> },
): Promise<JobResult> {
  if (signal.aborted) throw new CancelledError();
  const bar = new JobProgressBar(heading);
  let jobId: string | null = null;
  const early: JobEvent[] = [];
  const { promise: ended, resolve, reject } = settle<JobResult>();
  const hear = (event: JobEvent): void => {
    if (event.jobId !== jobId) return;
    if (event.type === 'progress') bar.update(event.progress);
    else if (event.type === 'note') {
      bar.note(event.note);
      told.add(event.note);
    } else if (event.type === 'done') resolve(event.result);
    else if (event.type === 'failed') reject(new JobFailure(event.error));
    else reject(new CancelledError());
  };
  const stopListening = engine.onJobEvent((event) => {
    if (jobId === null) early.push(event);
    else hear(event);
  });
  const cancel = (): void => {
    // The job may have ended in the same moment; then its last event has said so.
    if (jobId !== null) engine.cancel(jobId).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel);
  try {
    jobId = await engine.start(job);
    early.forEach(hear);
    if (signal.aborted) cancel();
    return await ended;
  } finally {
    ended.catch(() => undefined);
    signal.removeEventListener('abort', cancel);
    stopListening();
    bar.stop();
  }
}

function settle<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function printResult(result: JobResult, told: ReadonlySet<string>): void {
  const rate =
    result.seconds > 0 && result.framesThisRun > 1
      ? `, ${(result.framesThisRun / result.seconds).toFixed(1)} fps`
      : '';
  print(
    `${result.output}: ${result.width}×${result.height}, ${result.frames} ${result.frames === 1 ? 'picture' : 'frames'}, ${formatSize(result.sizeBytes)}, in ${formatDuration(result.seconds)}${rate} on ${result.backend}`,
    ...result.choices.map(({ title, reason }) => `  ${title}. ${reason}`),
    ...beside(result),
    ...result.notes.filter((note) => !told.has(note)).map((note) => `  note: ${note}`),
  );
}

/** The files that were written beside the first: a series by its last one, others by their names. */
function beside({ output, files = [] }: JobResult): string[] {
  const others = files.filter((file) => file !== output);
  const [last] = others.slice(-1);
  if (last === undefined) return [];
  return others.length > MOST_NAMED
    ? [`  and ${others.length} more files, up to ${last}`]
    : others.map((file) => `  and ${file}`);
}

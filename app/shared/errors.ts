/**
 * Errors, by who should react to them. Each has a code from a closed union, keeps its cause and
 * crosses a process as plain data.
 */

/** Shown to the user as it stands: what happened and one thing to do. */
export type UserErrorCode =
  | 'bad-usage'
  | 'no-such-file'
  | 'no-media'
  | 'not-media'
  | 'damaged-input'
  | 'no-video'
  | 'unsupported-input'
  | 'unsupported-output'
  | 'output-exists'
  | 'output-is-input'
  | 'output-not-writable'
  | 'disk-full'
  | 'tool-missing'
  | 'model-missing'
  | 'model-damaged'
  | 'backend-unavailable'
  | 'bad-result'
  | 'tool-failed'
  | 'engine-lost';

export type ErrorCode = UserErrorCode | 'cancelled' | 'device-lost' | 'device-out-of-memory' | 'internal';

/** Codes that mean the request itself was wrong: the command line answers them with exit code 2. */
const REQUEST_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bad-usage',
  'no-such-file',
  'no-media',
  'not-media',
  'no-video',
  'unsupported-input',
  'unsupported-output',
  'output-exists',
  'output-is-input',
  'output-not-writable',
  'backend-unavailable',
  'model-missing',
]);

/** An error as it crosses a process or stands in a manifest. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  /** For the log, never for the screen. */
  readonly detail?: string;
}

export abstract class ClearcutError extends Error {
  abstract readonly code: ErrorCode;
}

/** The user can do something about it; `message` is one sentence that says what. */
export class UserError extends ClearcutError {
  override readonly name = 'UserError';
  constructor(
    readonly code: UserErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The user stopped it. Silent. */
export class CancelledError extends ClearcutError {
  override readonly name = 'CancelledError';
  readonly code = 'cancelled';
  constructor(message = 'Cancelled.') {
    super(message);
  }
}

/** A device failed: fall back (smaller tile, other backend) and go on. */
export class DeviceError extends ClearcutError {
  override readonly name = 'DeviceError';
  constructor(
    readonly code: 'device-lost' | 'device-out-of-memory',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Throws `CancelledError` if `signal` is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}

/** True for requests that can't be carried out as asked (exit code 2), false for jobs that failed (exit code 1). */
export function isRequestError(error: { readonly code: ErrorCode }): boolean {
  return REQUEST_CODES.has(error.code);
}

/** Any thrown value as data. What isn't one of ours is a bug: `internal`, with its stack as detail. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof ClearcutError) {
    const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : undefined;
    return { code: error.code, message: error.message, ...(cause === undefined ? {} : { detail: cause }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const detail = error instanceof Error ? error.stack : undefined;
  return { code: 'internal', message, ...(detail === undefined ? {} : { detail }) };
}

/** The error that `data` describes, to be thrown on this side of a process border. */
export function fromErrorData(data: ErrorData): Error {
  const options: ErrorOptions | undefined = data.detail === undefined ? undefined : { cause: data.detail };
  switch (data.code) {
    case 'cancelled':
      return new CancelledError(data.message);
    case 'device-lost':
    case 'device-out-of-memory':
      return new DeviceError(data.code, data.message, options);
    case 'internal':
      return new Error(data.message, options);
    default:
      return new UserError(data.code, data.message, options);
  }
}

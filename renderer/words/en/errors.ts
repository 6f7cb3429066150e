import type { ErrorCode } from '../../../app/shared';

/** What is said of what went wrong. */
export interface ErrorsWords {
  readonly errors: {
    /** Null where the engine's own sentence says it best, as in English. */
    readonly byCode: Readonly<Record<ErrorCode, string | null>>;
  };
}

export const errorsEn: ErrorsWords = {
  errors: {
    byCode: {
      'bad-usage': null,
      'no-such-file': null,
      'no-media': null,
      'not-media': null,
      'damaged-input': null,
      'no-video': null,
      'unsupported-input': null,
      'unsupported-output': null,
      'output-exists': 'There is a file of that name by now. Try again to use another name.',
      'output-is-input': null,
      'output-not-writable': null,
      'disk-full': null,
      'tool-missing': null,
      'model-missing': null,
      'model-damaged': null,
      'backend-unavailable': null,
      'bad-result': null,
      'tool-failed': null,
      'engine-lost': null,
      cancelled: null,
      'device-lost': null,
      'device-out-of-memory': null,
      internal:
        'Something went wrong inside Clearcut. Try again; if it stays so, the details help to mend it.',
    },
  },
};

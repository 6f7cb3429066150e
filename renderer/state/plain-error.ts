import { toErrorData, type ErrorData } from '../../app/shared';

/** Any thrown value as data. The desktop's bridge hands errors over as plain data already. */
export function plainError(error: unknown): ErrorData {
  if (!(error instanceof Error) && typeof error === 'object' && error !== null) {
    const { code, message } = error as Partial<ErrorData>;
    if (typeof code === 'string' && typeof message === 'string') return error as ErrorData;
  }
  return toErrorData(error);
}

/** The sentence for the screen: ours as it stands; a bug gets words of its own. */
export function sentenceOf(error: ErrorData): string {
  return error.code === 'internal'
    ? 'Something went wrong inside Clearcut. Try again; if it stays so, the details help to mend it.'
    : error.message;
}

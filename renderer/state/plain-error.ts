import { OPTIONS, toErrorData, type ErrorData } from '../../app/shared';

/** Any thrown value as data. The desktop's bridge hands errors over as plain data already. */
export function plainError(error: unknown): ErrorData {
  if (!(error instanceof Error) && typeof error === 'object' && error !== null) {
    const { code, message } = error as Partial<ErrorData>;
    if (typeof code === 'string' && typeof message === 'string') return error as ErrorData;
  }
  return toErrorData(error);
}

/**
 * The sentence for the screen. The engine's sentences name options as the command line does; here
 * they get the labels that stand in the window. A bug gets words of its own.
 */
export function sentenceOf(error: ErrorData): string {
  if (error.code === 'internal') {
    return 'Something went wrong inside Clearcut. Try again; if it stays so, the details help to mend it.';
  }
  if (error.code === 'output-exists') {
    return 'There is a file of that name by now. Try again to use another name.';
  }
  return error.message.replace(/--[a-z]+(?:-[a-z]+)*/g, (said) => {
    return OPTIONS.find(({ flag }) => flag.split(' ')[0] === said)?.label ?? said;
  });
}

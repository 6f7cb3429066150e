import { OPTIONS, toErrorData, type ErrorData } from '../../app/shared';
import { t } from '../words';

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
  const said = t().errors.byCode[error.code];
  if (said) return said;
  return error.message.replace(/--[a-z]+(?:-[a-z]+)*/g, (flag) => {
    return OPTIONS.find((option) => option.flag.split(' ')[0] === flag)?.label ?? flag;
  });
}

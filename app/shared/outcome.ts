import { fromErrorData, toErrorData, type ErrorData } from './errors';

/** A call's result as it crosses a process border: errors travel as data, so that they keep their code. */
export type Outcome<T = unknown> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorData };

/** What `work` gave, or the error it threw, as data. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toErrorData(error) };
  }
}

/** The value of an outcome. @throws the error that it describes. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw fromErrorData(outcome.error);
}

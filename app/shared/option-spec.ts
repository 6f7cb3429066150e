import type { z } from 'zod';

/**
 * An option of a job, one object each. The command line, its help, the window, the docs and the
 * checks all read the table of them.
 */
export interface OptionSpec<T> {
  readonly name: string;
  /** As commander writes it. */
  readonly flag: string;
  readonly label: string;
  readonly help: string;
  readonly schema: z.ZodType<T>;
  /** Undefined where leaving it out means something of its own. */
  readonly default?: T;
  /** Closed set of values, where there is one. */
  readonly choices?: readonly T[];
  /** Words that a list of such a value is made of. */
  readonly words?: readonly string[];
  /** The value that `text` means on a command line; something that the schema refuses where it means none. Left out: the text itself. */
  readonly parse?: (text: string) => unknown;
  /** What is expected, as the end of a sentence; for values without choices. */
  readonly expects?: string;
}

/** A number, or NaN, which no schema takes. */
export function parseNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

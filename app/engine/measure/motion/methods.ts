import { UserError, type DeblurMethod, type InterpMethod } from '../../../shared';
import { blend, minterpolate, untouched } from './baselines';
import { inverseSearch } from './inverse-search';
import type { Method, MethodContext } from './method';
import { motionAlone, network } from './product';

export type MethodName = InterpMethod | DeblurMethod;

/** Opens a method. @throws UserError where what it needs is missing */
type OpenMethod = (context: MethodContext) => Promise<Method>;

/** A method that is to be measured. */
export interface Choice {
  readonly name: MethodName;
  readonly open: OpenMethod;
}

export const INTERP: Readonly<Record<InterpMethod, OpenMethod>> = {
  model: (context) => network(context, 'between'),
  motion: motionAlone,
  blend,
  minterpolate,
  dis: inverseSearch,
};

export const DEBLUR: Readonly<Record<DeblurMethod, OpenMethod>> = {
  model: (context) => network(context, 'pushed'),
  input: untouched,
};

/** Methods that are open, and notes on those that could not be had. */
export interface OpenMethods {
  readonly methods: readonly { readonly name: MethodName; readonly method: Method }[];
  readonly notes: readonly string[];
}

/**
 * Opens all of `choices` that can be had here; a single one must be there.
 * @throws UserError
 */
export async function openMethods(choices: readonly Choice[], context: MethodContext): Promise<OpenMethods> {
  const methods: { readonly name: MethodName; readonly method: Method }[] = [];
  const notes: string[] = [];
  for (const { name, open } of choices) {
    try {
      methods.push({ name, method: await open(context) });
    } catch (error) {
      if (choices.length === 1 || !(error instanceof UserError)) throw error;
      notes.push(`${name} was left out: ${error.message}`);
    }
  }
  return { methods, notes };
}

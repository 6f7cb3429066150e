import {
  isHostCall,
  outcomeOf,
  parseHostArguments,
  type ClearcutApi,
  type HostArguments,
  type HostCall,
  type Outcome,
} from '../shared';

/** What a host answers: each call with the arguments that the schema let through. */
export type HostCalls = {
  readonly [C in HostCall]: (...args: HostArguments<C>) => ReturnType<ClearcutApi[C]>;
};

type AnyCall = (...values: unknown[]) => Promise<unknown>;

/** Answers a page's call: an unknown name or wrong arguments give an error like any other. */
export function answerCall(calls: Partial<HostCalls>, name: string, args: unknown): Promise<Outcome> {
  return outcomeOf(async () => {
    const run = isHostCall(name) ? (calls[name] as AnyCall | undefined) : undefined;
    if (!isHostCall(name) || !run) throw new Error(`There is no call named ${JSON.stringify(name)}.`);
    return run(...(parseHostArguments(name, args) as unknown[]));
  });
}

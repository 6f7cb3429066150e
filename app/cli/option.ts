import { InvalidArgumentError, Option } from 'commander';
import type { OptionSpec } from '../shared';
import { nearest } from './nearest';

/** A row of the table of options as commander takes it. */
export function optionOf(spec: OptionSpec<unknown>): Option {
  const isFlag = !spec.flag.includes('<');
  const byDefault = typeof spec.default === 'string' ? ` (default: ${spec.default})` : '';
  const help = `${spec.help}${byDefault}`;
  const choices = spec.choices ? ` (choices: ${spec.choices.join(', ')})` : '';
  const option = new Option(spec.flag, `${help}${choices}`);
  return isFlag ? option : option.argParser((text: string) => valueOf(spec, text));
}

function valueOf(spec: OptionSpec<unknown>, text: string): unknown {
  const parsed = spec.schema.safeParse(spec.parse ? spec.parse(text) : text);
  if (parsed.success) return parsed.data;
  const expected = spec.choices ? `one of ${spec.choices.join(', ')}` : (spec.expects ?? spec.help);
  const meant = probablyMeant(spec, text);
  throw new InvalidArgumentError(`${meant ? `Did you mean ${meant}? ` : ''}Expected ${expected}.`);
}

/** The word that the first one that isn't known, of a list, probably stands for. */
function probablyMeant({ choices, words }: OptionSpec<unknown>, text: string): string | undefined {
  const known = words ?? choices?.map(String) ?? [];
  const strange = text.split(',').find((part) => !known.includes(part.trim().toLowerCase()));
  return strange === undefined ? undefined : nearest(strange, known);
}

import {
  deblurOption,
  enhanceOption,
  interpolateOption,
  slowOption,
  type MotionMethod,
  type OptionSpec,
  type SlowSound,
} from '../../app/shared';
import type { Choice } from '../state/networks';
import type { StepKind } from '../state/steps';

const OPTIONS: Readonly<Record<StepKind, Pick<OptionSpec<unknown>, 'label' | 'help'>>> = {
  enhance: enhanceOption,
  smooth: interpolateOption,
  slow: slowOption,
  deblur: deblurOption,
};

/** What a step is called, as on the command line. */
export function stepLabel(kind: StepKind): string {
  return OPTIONS[kind].label;
}

/** What a step does, as a sentence. */
export function stepHelp(kind: StepKind): string {
  return sentence(OPTIONS[kind].help);
}

/** Ways to make new frames; `auto` is one of them. */
export const METHOD_WORDS: Readonly<
  Record<Exclude<MotionMethod, 'auto'>, { readonly label: string; readonly help: string }>
> = {
  network: { label: 'Network', help: 'Motion blur is removed as well.' },
  motion: { label: 'Motion alone', help: 'Leaves the frames that are there untouched.' },
};

export const SOUND_WORDS: Readonly<Record<SlowSound, string>> = {
  stretch: 'Stretch, same pitch',
  drop: 'Leave out',
};

/** Factors as they are shown: `×2`. */
export function factorChoices<T extends number>(
  choices: readonly Choice<T>[],
): (Choice<T> & { readonly label: string })[] {
  return choices.map((choice) => ({ ...choice, label: `×${choice.value}` }));
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

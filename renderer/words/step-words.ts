import type { StageRequest } from '../../app/shared';
import type { Choice } from '../state/networks';
import { t } from '.';

/** Factors as they are shown: `×2`. */
export function factorChoices<T extends number>(
  choices: readonly Choice<T>[],
): (Choice<T> & { readonly label: string })[] {
  return choices.map((choice) => ({ ...choice, label: `×${choice.value}` }));
}

/** What a job does, in a few words: `Enhance ×2 · Smoother motion ×2`. */
export function stagesWords(stages: readonly StageRequest[]): string {
  return stages.flatMap(stageWords).join(' · ');
}

function stageWords(stage: StageRequest): readonly string[] {
  const { steps, job } = t();
  if (stage.kind === 'enhance') {
    const { scale, fit, restore } = stage;
    const by = fit ? `${fit.width ?? ''}×${fit.height ?? ''}` : `×${scale ?? 1}`;
    return [`${restore ? t().enhance.restore : steps.enhance.label} ${by}`];
  }
  if (stage.kind !== 'interpolate') return [job.parts[stage.kind] ?? stage.kind];
  const { deblur, factor, slow } = stage;
  return [
    ...(deblur ? [steps.deblur.label] : []),
    ...(factor === undefined ? [] : [`${steps.smooth.label} ×${factor}`]),
    ...(slow === undefined ? [] : [`${steps.slow.label} ×${slow}`]),
  ];
}

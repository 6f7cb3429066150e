import { givesContours, type StageRequest } from './job';

/** What is seen through a cut-out: no colour that objects have. */
const NOTHING = { red: 128, green: 128, blue: 128 } as const;

/**
 * The stages that show in a video without transparency what these do: a cut-out stands on grey, contours are drawn over the
 * picture, and nothing is written beside it.
 */
export function previewStages(stages: readonly StageRequest[]): readonly StageRequest[] {
  return stages.map((stage) => {
    if (stage.kind !== 'segment') return stage;
    const shown = { ...stage };
    delete shown.contours;
    delete shown.perInstance;
    if (givesContours(stage)) return { ...shown, output: 'overlay' };
    if (stage.output === 'cutout') return { ...shown, output: 'replace', background: { colour: NOTHING } };
    return shown;
  });
}

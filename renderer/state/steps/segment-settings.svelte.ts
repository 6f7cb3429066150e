import {
  ALPHA_CONTAINERS,
  blurRadiusOption,
  featherOption,
  minScoreOption,
  SEGMENT_OUTPUTS,
  type Background,
  type ClassName,
  type Codec,
  type ContourFormat,
  type ModelSize,
  type ObjectPath,
  type Preset,
  type SegmentClasses,
  type SegmentManifest,
  type SegmentOutput,
  type StageRequest,
} from '../../../app/shared';
import { t } from '../../words';
import type { Choice } from '../networks';
import type { Chain } from './chain.svelte';
import type { StepSettings } from './step';

/** Codecs with transparency. */
const ALPHA_CODECS: readonly Codec[] = ALPHA_CONTAINERS.map(({ codec }) => codec);
const DOCUMENTS: readonly SegmentOutput[] = ['json', 'svg'];
const SOFT_EDGED: readonly SegmentOutput[] = ['cutout', 'matte', 'blur', 'replace'];
const SINGLE: readonly SegmentOutput[] = ['cutout', 'matte'];
/** What stands behind before anything else is chosen. */
const FIRST_BACKGROUND: Background = { colour: { red: 0, green: 177, blue: 64 } };

/** What is cut out, and what is made of it. */
export class SegmentSettings implements StepSettings {
  readonly kinds = ['segment'] as const;
  readonly fields: readonly (keyof SegmentSettings)[] = [
    'classes',
    'output',
    'background',
    'blurRadius',
    'feather',
    'minScore',
    'quality',
    'perInstance',
    'contours',
    'mainOnly',
    'objects',
  ];
  classes = $state.raw<SegmentClasses>(['person']);
  output = $state<SegmentOutput>('overlay');
  /** Behind the objects, where they get another background; null where one is still to be chosen. */
  background = $state.raw<Background | null>(FIRST_BACKGROUND);
  /** Pixels, null for what suits the picture. */
  blurRadius = $state<number | null>(null);
  /** Pixels, null for none. */
  feather = $state<number | null>(null);
  /** Null for the network's own. */
  minScore = $state<number | null>(null);
  /** How large the network sees the picture. */
  quality = $state<ModelSize>('light');
  perInstance = $state(false);
  /** A document of contours beside the result. */
  contours = $state<ContourFormat | null>(null);
  /** Only the objects that a shot is about, where none are chosen one by one. */
  mainOnly = $state(false);
  /** Where the objects are among which some are chosen; null for all that there are. */
  objects = $state.raw<readonly ObjectPath[] | null>(null);

  constructor(
    private readonly chain: Chain,
    /** Networks that find objects, as far as they are known. */
    private readonly networks: () => readonly SegmentManifest[],
  ) {}

  /** Classes that a network finds well enough, in COCO's order. */
  get knownClasses(): readonly ClassName[] {
    const [network] = this.networks();
    return network?.classes.filter(({ shown }) => shown).map(({ name }) => name) ?? [];
  }

  /** Kinds of result; what can't stand in the midst of a chain says why. */
  get outputChoices(): readonly Choice<SegmentOutput>[] {
    return SEGMENT_OUTPUTS.map((value) => ({ value, reason: this.#reasonAgainst(value) }));
  }

  /** Codecs that the result can have; null for all. */
  get codecs(): readonly Codec[] | null {
    return this.chain.has('segment') && this.output === 'cutout' ? ALPHA_CODECS : null;
  }

  /** True where the result is no picture. */
  get isDocument(): boolean {
    return this.chain.has('segment') && DOCUMENTS.includes(this.output);
  }

  get softEdged(): boolean {
    return SOFT_EDGED.includes(this.output);
  }

  get canBeSingle(): boolean {
    return SINGLE.includes(this.output);
  }

  /** False where a number was entered that can't be. */
  get numbersMakeSense(): boolean {
    const { blurRadius, feather, output } = this;
    const blur =
      output !== 'blur' || blurRadius === null || blurRadiusOption.schema.safeParse(blurRadius).success;
    return blur && (!this.softEdged || feather === null || featherOption.schema.safeParse(feather).success);
  }

  allowed(): boolean {
    return this.knownClasses.length > 0;
  }

  stage(): StageRequest | null {
    const {
      classes,
      output,
      background,
      blurRadius,
      feather,
      minScore,
      quality,
      contours,
      objects,
      mainOnly,
    } = this;
    const empty = classes !== 'all' && classes.length === 0;
    const none = objects !== null && !objects.some(({ chosen }) => chosen);
    if (empty || none || !this.numbersMakeSense || (output === 'replace' && background === null)) return null;
    return {
      kind: 'segment',
      ...{ classes, output },
      ...(output === 'replace' && background ? { background } : {}),
      ...(output === 'blur' && blurRadius !== null ? { blurRadius } : {}),
      ...(this.softEdged && feather ? { feather } : {}),
      ...(minScore === null ? {} : { minScore }),
      ...(quality === 'light' ? {} : { quality }),
      ...(this.canBeSingle && this.perInstance ? { perInstance: true } : {}),
      ...(contours === null || DOCUMENTS.includes(output) ? {} : { contours }),
      ...(objects === null ? (mainOnly ? { instances: 'main' } : {}) : { objects }),
    };
  }

  factor(): null {
    return null;
  }

  /** What a preset can say: no choice among one file's objects, and no picture that lies somewhere on this computer. */
  said(stage: StageRequest): ReturnType<StepSettings['said']> {
    if (stage.kind !== 'segment') return null;
    const {
      classes: segment,
      output = 'overlay',
      background,
      blurRadius,
      feather,
      minScore,
      quality: segmentQuality,
      perInstance,
      instances,
    } = stage;
    const contours = stage.contours === 'json' || stage.contours === 'svg' ? stage.contours : undefined;
    const colour = background && 'colour' in background ? background : undefined;
    const said = {
      segment,
      output,
      background: colour,
      blurRadius,
      feather,
      minScore,
      segmentQuality,
      perInstance,
      contours,
      instances: instances === 'main' ? instances : undefined,
    };
    return {
      kinds: this.kinds,
      preset: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    };
  }

  read({
    segment,
    output,
    background,
    blurRadius,
    feather,
    minScore,
    segmentQuality,
    perInstance,
    contours,
    instances,
  }: Preset): readonly 'segment'[] {
    this.classes = segment ?? ['person'];
    this.output = output ?? 'overlay';
    this.background = background ?? (output === 'replace' ? null : FIRST_BACKGROUND);
    this.blurRadius = blurRadius ?? null;
    this.feather = feather ?? null;
    this.minScore = minScore ?? null;
    this.quality = segmentQuality ?? 'light';
    this.perInstance = perInstance ?? false;
    this.contours = contours ?? null;
    this.mainOnly = instances === 'main';
    this.objects = null;
    return segment === undefined ? [] : this.kinds;
  }

  recall(stage: StageRequest): void {
    if (stage.kind !== 'segment') return;
    this.objects = stage.objects ?? null;
    this.background = stage.background ?? this.background;
  }

  /** Takes back what can't stand where it is in the chain, and classes that no network knows. */
  settle(): void {
    if (this.#reasonAgainst(this.output) !== null) this.output = 'overlay';
    const known = this.knownClasses;
    if (this.classes === 'all' || known.length === 0) return;
    const classes = this.classes.filter((name) => known.includes(name));
    if (classes.length < this.classes.length) this.classes = classes.length > 0 ? classes : known.slice(0, 1);
  }

  /** A number for the least score, from a slider that ends where nothing is wished. */
  useMinScore(value: number | null): void {
    this.minScore = value === null || !minScoreOption.schema.safeParse(value).success ? null : value;
  }

  #reasonAgainst(output: SegmentOutput): string | null {
    const after = this.chain.kinds.slice(this.chain.kinds.indexOf('segment') + 1);
    if (!this.chain.has('segment') || after.length === 0) return null;
    if (DOCUMENTS.includes(output)) return t().segment.lastOnly;
    const motion = after.find((kind) => kind !== 'enhance');
    return output === 'cutout' && motion ? t().segment.notBefore(t().steps[motion].label) : null;
  }
}

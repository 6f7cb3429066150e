import type { ClearcutApi, Codec, StageRequest } from '../../../app/shared';
import { differences, History, takeDown, putBack, type EditName, type Memento } from '../history';
import type { Objects, ObjectsMemento } from '../objects';
import type { Player } from '../player';
import type { Settings } from '../settings.svelte';
import type { Looks } from './looks.svelte';
import type { Subject } from './subject';

/** All that is set of a file and of what is made of it. */
export interface EditsMemento {
  /** The file that it is about. */
  readonly path: string | null;
  readonly settings: Memento;
  readonly part: Memento;
  readonly objects: ObjectsMemento | null;
}

/** Asks for a name for the result that fits the settings. */
export type Naming = (input: string, stages: readonly StageRequest[], codec: Codec) => Promise<void>;

/** What is changed about the file that is open and what is made of it: seen at once, and taken back step by step. */
export class Edits {
  readonly history = new History();

  constructor(
    private readonly host: Pick<ClearcutApi, 'chooseInputs'>,
    private readonly subject: Subject,
    private readonly looks: Looks,
    private readonly naming: Naming,
  ) {}

  /** Changes settings; what can't be had together is taken back, and the result's name follows. */
  change(edit: (settings: Settings) => void): Promise<void> {
    const { settings } = this.subject;
    const record = this.gesture();
    edit(settings);
    const done = this.#follow();
    record();
    return done;
  }

  /** Changes the part that is exported. */
  changePart(edit: (player: Player) => void): void {
    const record = this.gesture();
    edit(this.subject.player);
    record();
    this.looks.estimate();
  }

  /** Takes objects in or out. */
  chooseObjects(edit: (objects: Objects) => void): Promise<void> {
    return this.change(({ segment }) => {
      edit(this.looks.objects);
      if (this.looks.objects.chosen === null) segment.objects = null;
    });
  }

  /** Uses all objects, or only the main ones, in place of those that were chosen one by one. */
  useMainObjects(only: boolean): Promise<void> {
    return this.chooseObjects((objects) => {
      this.subject.settings.segment.mainOnly = only;
      objects.chooseAll();
    });
  }

  /** Begins something that is one change whatever happens in it; what it gives ends it. */
  gesture(): () => void {
    const before = this.memento();
    return () => {
      this.#record(before);
    };
  }

  /** Follows the objects of the part that is exported, so that some can be chosen. */
  async findObjects(): Promise<void> {
    const { info, part, settings } = this.subject;
    const { wish } = this.looks.choice;
    if (!info || !wish) return;
    this.looks.makeWay();
    const finding = this.looks.objects.find(info, wish, part);
    settings.segment.objects = null;
    await this.#follow();
    await finding;
    this.looks.refresh();
  }

  /** A picture to stand behind the objects. */
  async chooseBackground(): Promise<void> {
    const [image] = await this.host.chooseInputs();
    if (image !== undefined) await this.change(({ segment }) => (segment.background = { image }));
  }

  /** The settings are another file's, or a job's: what can't be had is taken back, and nothing is recorded. */
  show(): void {
    this.subject.settle();
    this.looks.refresh();
  }

  /** A name for the result that fits the settings. */
  async suggestName(): Promise<void> {
    const { info, stages, settings } = this.subject;
    if (info && stages) await this.naming(info.path, stages, settings.codec);
  }

  /** All that is set now. */
  memento(): EditsMemento {
    const { info, settings, player } = this.subject;
    return {
      path: info?.path ?? null,
      settings: settings.memento(),
      part: takeDown({ part: player }),
      objects: this.looks.objects.memento,
    };
  }

  /** Sets all again as it was; what was set of another file is left out. */
  restore({ path, settings, part, objects }: EditsMemento): Promise<void> {
    const { info } = this.subject;
    this.subject.settings.restore(settings);
    if (info && path === info.path) {
      putBack({ part: this.subject.player }, part);
      const { wish } = this.looks.choice;
      if (objects && wish) this.looks.objects.restore(objects, info, wish);
      else if (!objects) this.looks.objects.chooseAll();
    } else this.subject.settings.segment.objects = null;
    return this.#follow();
  }

  #follow(): Promise<void> {
    this.subject.settle();
    this.looks.choice.keep();
    this.looks.refresh();
    return this.suggestName();
  }

  #record(before: EditsMemento): void {
    const after = this.memento();
    const changed = [
      ...differences(before.settings, after.settings),
      ...differences(before.part, after.part),
      ...(before.objects?.chosen === after.objects?.chosen ? [] : ['objects']),
    ];
    if (changed.length === 0) return;
    this.history.record({
      name: nameOf(changed),
      what: moveOf(changed),
      ofFile: changed.every(isOfFile),
      undo: () => this.restore(before),
      redo: () => this.restore(after),
    });
  }
}

/** What a slider, a picker or typing moves through many values. */
const SLIDING: ReadonlySet<string> = new Set([
  'enhance.ownWidth',
  'enhance.ownHeight',
  'enhance.pace',
  'segment.background',
  'segment.blurRadius',
  'segment.feather',
  'segment.minScore',
  'output.crf',
  'rate.megabytes',
  'rate.megabits',
]);

/** What is being moved, so that moves of the same are one change; null for a choice of its own. */
function moveOf(changed: readonly string[]): string | null {
  // What was found of other settings goes with the first move.
  const moved = changed.filter((name) => !isObjects(name));
  return moved.length > 0 && moved.every((name) => SLIDING.has(name)) ? moved.join(' ') : null;
}

function isOfFile(name: string): boolean {
  return name.startsWith('part.') || isObjects(name);
}

function isObjects(name: string): boolean {
  return name === 'objects' || name === 'segment.objects';
}

function nameOf(changed: readonly string[]): EditName {
  if (changed.every((name) => name.startsWith('part.'))) return 'part';
  if (changed.every(isObjects)) return 'objects';
  return changed.every((name) => name === 'chain.kinds') ? 'steps' : 'settings';
}

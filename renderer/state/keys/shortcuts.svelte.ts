import { ACTION_NAMES, ACTIONS, type Action } from './actions';
import { nameOfKeys, type Pressed } from './key-names';

/** Which keys do what: the table's, and what the user made of it. */
export class Shortcuts {
  changed = $state.raw<Readonly<Record<string, readonly string[]>>>({});
  mac = $state(false);
  readonly #byKeys = $derived.by(() => {
    const found = new Map<string, Action>();
    for (const action of ACTION_NAMES) for (const keys of this.of(action)) found.set(keys, action);
    return found;
  });

  of(action: Action): readonly string[] {
    return this.changed[action] ?? ACTIONS[action];
  }

  isChanged(action: Action): boolean {
    return this.changed[action] !== undefined;
  }

  /** What was pressed means, or null. */
  actionFor(pressed: Pressed): Action | null {
    const name = nameOfKeys(pressed, this.mac);
    return name === null ? null : (this.#byKeys.get(name) ?? null);
  }

  /** Gives an action the only keys that it has then; another one that had them loses them. */
  assign(action: Action, keys: string): Action | null {
    const before = ACTION_NAMES.find((other) => other !== action && this.of(other).includes(keys)) ?? null;
    this.changed = {
      ...this.changed,
      ...(before === null ? {} : { [before]: this.of(before).filter((own) => own !== keys) }),
      [action]: [keys],
    };
    return before;
  }

  clear(action: Action): void {
    this.changed = { ...this.changed, [action]: [] };
  }

  /** As in the table again. Keys that another action has by now stay there. */
  reset(action: Action): void {
    this.changed = Object.fromEntries(Object.entries(this.changed).filter(([name]) => name !== action));
  }

  resetAll(): void {
    this.changed = {};
  }
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readPreferences, UserError, type Preferences, type PreferencesChange } from '../shared';
import type { Kept } from './kept-file';

const MOST_RECENT = 12;

/** What the user set and opened, kept beyond the process. */
export class PreferencesStore {
  private constructor(
    private readonly kept: Kept,
    private preferences: Preferences,
    private recentPaths: readonly string[],
  ) {}

  static async open(kept: Kept): Promise<PreferencesStore> {
    const before = await kept.read();
    const recent = (before as { recent?: unknown } | null)?.recent;
    const paths = Array.isArray(recent) ? recent.filter((path) => typeof path === 'string') : [];
    return new PreferencesStore(kept, readPreferences(before), paths.slice(0, MOST_RECENT));
  }

  get current(): Preferences {
    return this.preferences;
  }

  async change(change: PreferencesChange): Promise<void> {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    this.preferences = { ...this.preferences, ...(Object.fromEntries(given) as Partial<Preferences>) };
    await this.#save();
  }

  /** Files that were opened last and are still there, the newest first. */
  get recent(): readonly string[] {
    return this.recentPaths.filter((path) => existsSync(path));
  }

  /** A recent file, as the user opens it again. @throws UserError no-such-file for any other path */
  openRecent(path: string): string {
    const full = resolve(path);
    if (this.recentPaths.includes(full)) return full;
    throw new UserError('no-such-file', `${path} is none of the files that were opened last: open it first.`);
  }

  async remember(paths: readonly string[]): Promise<void> {
    const newest = paths.map((path) => resolve(path)).toReversed();
    this.recentPaths = [...new Set([...newest, ...this.recentPaths])].slice(0, MOST_RECENT);
    await this.#save();
  }

  async forgetRecent(): Promise<void> {
    this.recentPaths = [];
    await this.#save();
  }

  #save(): Promise<void> {
    return this.kept.write({ ...this.preferences, recent: this.recentPaths });
  }
}

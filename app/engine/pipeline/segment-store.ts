import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../shared';
import type { JobIdentity } from './identity';

/** Version of the work folder's layout and of what its segments are encoded with; another one is never resumed. */
const LAYOUT = 5;
const MANIFEST = 'manifest.json';
const LOCK = 'lock';
/** How long to wait for a dying engine to let go of its work folder. */
const LOCK_PATIENCE_MS = 15_000;

const segmentSchema = z
  .object({
    /** Its files by what is in them. */
    files: z.array(z.object({ role: z.string(), name: z.string(), bytes: z.number() }).readonly()).readonly(),
    frames: z.int().positive(),
    /** Presentation times of the first and last frame and the end of the last one, in ticks of the output's time base. */
    firstPts: z.int(),
    lastPts: z.int(),
    endPts: z.int(),
    /** Presentation time of the input frame that a run has to begin with to go on after it, in ticks of the input's time base. */
    restartPts: z.int(),
    /** Objects that were found in its frames; null where nobody looked. */
    objects: z.int().nonnegative().nullable(),
  })
  .readonly();
export type Segment = z.infer<typeof segmentSchema>;

/** Roles of the files that hold a segment's pictures: all of them, or the colours and apart from them the alpha. */
export const VIDEO_ROLE = 'video';
export const ALPHA_ROLE = 'alpha';
/** Role of the file that keeps what stages remember at a segment's end: base 64, by stage. */
export const STATE_ROLE = 'state';
export const statesSchema = z.array(z.string().nullable());

const manifestSchema = z.object({
  layout: z.literal(LAYOUT),
  identity: z.object({ request: z.string(), frames: z.string() }),
  /** The model that each stage chose, null where it had no choice. */
  choices: z.array(z.string().nullable()),
  segments: z.array(segmentSchema),
  /** True once the last frame is in a segment. */
  complete: z.boolean(),
  notes: z.array(z.string()),
});
type Manifest = z.infer<typeof manifestSchema>;

/** Bytes that a name may have on common file systems. */
const LONGEST_NAME = 255;

/**
 * The work folder of the job that writes `output`: hidden, beside it, so that the last rename stays on one disk. Its name is
 * the output's, or a hash of that where nothing could be added to it.
 */
export function workFolder(output: string): string {
  const name = basename(output);
  const folder = `.${name}.clearcut`;
  const fits = Buffer.byteLength(folder) <= LONGEST_NAME;
  return join(
    dirname(output),
    fits ? folder : `.${createHash('sha256').update(name).digest('hex')}.clearcut`,
  );
}

/**
 * A job's finished segments on disk. A segment counts once it is in the manifest, and it gets there
 * by an atomic rename after its file was synced: a crash at any moment leaves a usable folder.
 */
export class SegmentStore {
  readonly #manifest: Manifest;

  private constructor(
    readonly folder: string,
    manifest: Manifest,
    /** True if segments of an earlier run were found and fit. */
    readonly resumed: boolean,
    /** True if segments of an earlier run were dropped because the job differs or `resume` was off. */
    readonly dropped: boolean,
    /** What the stages remembered when the earlier run ended, by stage. */
    readonly states: States,
  ) {
    this.#manifest = manifest;
  }

  /**
   * Opens (or makes) the work folder.
   * @throws UserError `output-not-writable` where the folder can't be made, or another run holds it.
   */
  static async open(
    folder: string,
    identity: JobIdentity,
    { resume, choices }: { readonly resume: boolean; readonly choices: readonly (string | null)[] },
  ): Promise<SegmentStore> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new UserError(
        'output-not-writable',
        `Can't write in ${dirname(folder)}: choose another output folder.`,
        { cause },
      );
    }
    await takeLock(folder);
    const found = await readManifest(folder);
    const fits = resume && found?.identity.frames === identity.frames && (await allThere(folder, found));
    const states = found && fits ? await statesIn(folder, found) : null;
    if (found && states) return new SegmentStore(folder, found, found.segments.length > 0, false, states);
    const dropped = (found?.segments.length ?? 0) > 0;
    for (const { name } of (found?.segments ?? []).flatMap(({ files }) => files))
      await rm(join(folder, name), { force: true });
    const store = new SegmentStore(
      folder,
      { layout: LAYOUT, identity, choices: [...choices], segments: [], complete: false, notes: [] },
      false,
      dropped,
      [],
    );
    await store.#write();
    return store;
  }

  get segments(): readonly Segment[] {
    return this.#manifest.segments;
  }

  get identity(): JobIdentity {
    return this.#manifest.identity;
  }

  get complete(): boolean {
    return this.#manifest.complete;
  }

  get notes(): readonly string[] {
    return this.#manifest.notes;
  }

  get frames(): number {
    return this.segments.reduce((sum, segment) => sum + segment.frames, 0);
  }

  get bytes(): number {
    return this.segments.reduce(
      (sum, { files }) => sum + files.reduce((all, { bytes }) => all + bytes, 0),
      0,
    );
  }

  /** Objects in all frames together; null where nobody looked for them. */
  get objects(): number | null {
    const known = this.segments.map(({ objects }) => objects).filter((objects) => objects !== null);
    return known.length > 0 ? known.reduce((sum, objects) => sum + objects, 0) : null;
  }

  /** Path of a segment's file of a role, or undefined if it has none. */
  fileOf(segment: Segment, role: string): string | undefined {
    const file = segment.files.find((one) => one.role === role);
    return file && this.pathOf(file.name);
  }

  /** Path of a segment's file. */
  pathOf(file: string): string {
    return join(this.folder, file);
  }

  /** Name of a file of the segment after `index` others. */
  static fileName(index: number, extension: string): string {
    return `segment-${String(index).padStart(6, '0')}.${extension}`;
  }

  /** Adds a segment whose files are complete and synced. */
  async add(segment: Segment): Promise<void> {
    // A run goes on after the last segment: what was remembered before it is of no use.
    const last = this.#manifest.segments.pop();
    const old = last?.files.filter(({ role }) => role === STATE_ROLE) ?? [];
    if (last)
      this.#manifest.segments.push({
        ...last,
        files: last.files.filter(({ role }) => role !== STATE_ROLE),
      });
    this.#manifest.segments.push(segment);
    await this.#write();
    for (const { name } of old) await rm(this.pathOf(name), { force: true });
  }

  async finish(notes: readonly string[]): Promise<void> {
    this.#manifest.complete = true;
    this.#manifest.notes = [...notes];
    await this.#write();
  }

  /** Lets another run have the folder. */
  async unlock(): Promise<void> {
    await rm(join(this.folder, LOCK), { force: true });
  }

  /** Removes the folder and all in it: after the result is in place. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    const path = join(this.folder, MANIFEST);
    const file = await open(`${path}.part`, 'w');
    try {
      await file.writeFile(JSON.stringify(this.#manifest, null, 1));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    await syncFolder(this.folder);
  }
}

/** Makes a rename survive a power cut (not needed, and refused, on Windows). */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * What the stages of an unfinished run of the very same request chose: the folder is only looked at.
 * Empty where there is none.
 */
export async function choicesBefore(folder: string, request: string): Promise<readonly (string | null)[]> {
  const found = await readManifest(folder);
  return found?.identity.request === request && found.segments.length > 0 ? found.choices : [];
}

type States = readonly (Uint8Array | null)[];

/** What stages remembered at the end of the last segment; null where that can't be read. */
async function statesIn(folder: string, { segments }: Manifest): Promise<States | null> {
  const file = segments.at(-1)?.files.find(({ role }) => role === STATE_ROLE);
  if (!file) return [];
  try {
    const kept = statesSchema.parse(JSON.parse(await readFile(join(folder, file.name), 'utf8')));
    return kept.map((state) => (state === null ? null : new Uint8Array(Buffer.from(state, 'base64'))));
  } catch {
    return null;
  }
}

async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function allThere(folder: string, manifest: Manifest): Promise<boolean> {
  for (const { name, bytes } of manifest.segments.flatMap(({ files }) => files)) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.size !== bytes) return false;
  }
  return true;
}

/** One engine at a time works in a folder; the lock of a dead one is taken over. */
async function takeLock(folder: string): Promise<void> {
  const path = join(folder, LOCK);
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new UserError(
          'output-not-writable',
          `Can't write in ${dirname(folder)}: choose another output folder.`,
          { cause: error },
        );
      }
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (!isAlive(holder)) {
      await rm(path, { force: true });
    } else if (performance.now() > deadline) {
      throw new UserError(
        'output-not-writable',
        `Another Clearcut (process ${holder}) is writing the same output; wait for it or choose another name.`,
      );
    } else {
      await delay(100);
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

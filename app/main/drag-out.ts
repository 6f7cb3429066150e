import { app, nativeImage, type WebContents } from 'electron';
import { access } from 'node:fs/promises';
import { UserError } from '../shared';

/**
 * Begins the system's own drag of files that are there; the page's ends with it. `spare` is a picture for where the
 * system has none of a file: a drag without one is refused on a Mac. @throws UserError no-such-file
 */
export async function dragOut(
  contents: WebContents,
  files: readonly string[],
  spare: string | null,
): Promise<void> {
  const [file] = files;
  if (file === undefined) return;
  for (const path of files) {
    await access(path).catch((cause: unknown) => {
      throw new UserError('no-such-file', `${path} is no longer there.`, { cause });
    });
  }
  const own = await app.getFileIcon(file).catch(() => null);
  const icon = own && !own.isEmpty() ? own : spare === null ? nativeImage.createEmpty() : spare;
  contents.startDrag({ file, files: [...files], icon });
}

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a person looks for finished videos: a Clearcut folder among their videos, or else in their home. */
export function defaultResultsFolder(
  home = homedir(),
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (platform === 'darwin') return join(home, 'Movies', 'Clearcut');
  if (platform === 'win32') return join(home, 'Videos', 'Clearcut');
  const videos = xdgVideos(home, env['XDG_CONFIG_HOME'] || join(home, '.config')) ?? join(home, 'Videos');
  return existsSync(videos) ? join(videos, 'Clearcut') : join(home, 'Clearcut');
}

/** XDG_VIDEOS_DIR of user-dirs.dirs, which desktops write in the user's language. */
function xdgVideos(home: string, config: string): string | null {
  try {
    const text = readFileSync(join(config, 'user-dirs.dirs'), 'utf8');
    const folder = /^\s*XDG_VIDEOS_DIR="(.*)"\s*$/m.exec(text)?.[1]?.replace(/^\$HOME/, home);
    // A folder set to the home itself means "none".
    return folder && folder.replace(/\/+$/, '') !== home ? folder : null;
  } catch {
    return null;
  }
}

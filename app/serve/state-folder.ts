import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a browser's window keeps what the user set: a folder of Clearcut's own where the system wants such things. */
export function stateFolder(
  home = homedir(),
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const own = env['CLEARCUT_STATE'];
  if (own) return own;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Clearcut serve');
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Clearcut serve');
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'clearcut-serve');
}

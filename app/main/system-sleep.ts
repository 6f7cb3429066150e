import { spawn } from 'node:child_process';
import { UserError } from '../shared';

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  linux: ['systemctl', 'suspend'],
  darwin: ['pmset', 'sleepnow'],
  win32: ['rundll32.exe', 'powrprof.dll,SetSuspendState', '0,1,0'],
};

/** True where this system can be put to sleep. */
export function canSleep(platform: NodeJS.Platform = process.platform): boolean {
  return COMMANDS[platform] !== undefined;
}

/** Puts the system to sleep. @throws UserError tool-failed */
export async function sleepNow(
  platform: NodeJS.Platform = process.platform,
  start: (command: string, args: readonly string[]) => Promise<number> = exitCode,
): Promise<void> {
  const [command, ...args] = COMMANDS[platform] ?? [];
  const code = command === undefined ? 1 : await start(command, args).catch(() => 1);
  if (code !== 0) throw new UserError('tool-failed', 'The system could not be put to sleep.');
}

function exitCode(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

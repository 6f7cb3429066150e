import { extensionOf } from '../../shared';

export const CONTAINERS = ['mp4', 'mov', 'mkv', 'webm', 'avi'] as const;
export type Container = (typeof CONTAINERS)[number];

/** The container that a file name's extension names, or null. */
export function containerOf(path: string): Container | null {
  const extension = extensionOf(path);
  const name = extension === 'm4v' ? 'mp4' : extension;
  return CONTAINERS.find((container) => container === name) ?? null;
}

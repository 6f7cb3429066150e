import { extname } from 'node:path';

const VIDEO = [
  'mp4',
  'm4v',
  'mov',
  'mkv',
  'webm',
  'avi',
  'wmv',
  'flv',
  'mpg',
  'mpeg',
  'ts',
  'mts',
  'm2ts',
  'vob',
  'ogv',
  '3gp',
  'mxf',
  'y4m',
  'nut',
  'dv',
  'asf',
  'gif',
];
const STILL = ['png', 'jpg', 'jpeg', 'webp', 'tif', 'tiff', 'avif'];

const extensionOf = (name: string): string => extname(name).slice(1).toLowerCase();

/** True for names that a walk through a folder takes along. */
export function isMediaFile(name: string): boolean {
  return VIDEO.includes(extensionOf(name)) || STILL.includes(extensionOf(name));
}

/** True for names of still pictures. */
export function isStillFile(name: string): boolean {
  return STILL.includes(extensionOf(name));
}

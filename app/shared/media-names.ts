/** Extensions that are offered and taken along as videos (without a dot, lower case). */
export const VIDEO_EXTENSIONS: readonly string[] = [
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

/** Extensions of still pictures that results can be. */
export const RESULT_STILLS: readonly string[] = ['png', 'jpg', 'jpeg', 'webp', 'tif', 'tiff', 'avif'];

/** Extensions of those that ffmpeg alone reads. */
export const FFMPEG_STILLS: readonly string[] = ['bmp', 'tga', 'ppm', 'pgm', 'jp2'];

/** Extensions of still pictures. */
export const STILL_EXTENSIONS: readonly string[] = [...RESULT_STILLS, ...FFMPEG_STILLS];

/** The last part of a path, whichever slashes it has. */
export function fileNameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** `mkv` of `clip.MKV`; empty where a name has none. */
export function extensionOf(path: string): string {
  const name = fileNameOf(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** True for names of still pictures. */
export function isStillFile(path: string): boolean {
  return STILL_EXTENSIONS.includes(extensionOf(path));
}

/** True for names that a walk through a folder takes along. */
export function isMediaFile(path: string): boolean {
  return VIDEO_EXTENSIONS.includes(extensionOf(path)) || isStillFile(path);
}

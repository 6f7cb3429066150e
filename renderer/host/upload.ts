import { UserError, valueOf, type Outcome } from '../../app/shared';

/** Sends a file to the server on this computer and returns the path it has there. */
export async function upload(file: File, onUpload?: (fraction: number) => void): Promise<string> {
  const outcome = await send(file, onUpload);
  if (outcome !== null) return valueOf(outcome);
  throw new UserError(
    'engine-lost',
    `${file.name} could not be handed to Clearcut: check that it can be read and that "clearcut serve" still runs.`,
  );
}

/**
 * The server's answer; null where there is none. XMLHttpRequest, because fetch tells nothing of an
 * upload's progress.
 */
function send(file: File, onUpload?: (fraction: number) => void): Promise<Outcome<string> | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/upload?${new URLSearchParams({ name: file.name }).toString()}`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      onUpload?.(total > 0 ? loaded / total : 0);
    });
    // A folder looks like a file here and can't be read: only trying tells.
    request.addEventListener('error', () => {
      resolve(null);
    });
    request.addEventListener('load', () => {
      resolve(request.status === 200 ? (request.response as Outcome<string> | null) : null);
    });
    request.send(file);
  });
}

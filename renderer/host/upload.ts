import { UserError, valueOf, type Outcome } from '../../app/shared';

/**
 * Sends a file to the server on this computer and returns the path it has there. XMLHttpRequest,
 * because fetch tells nothing of an upload's progress.
 */
export function upload(file: File, onUpload?: (fraction: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/upload?${new URLSearchParams({ name: file.name }).toString()}`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      onUpload?.(total > 0 ? loaded / total : 0);
    });
    const fail = (): void => {
      reject(
        new UserError(
          'engine-lost',
          `${file.name} could not be handed to Clearcut: check that it can be read and that "clearcut serve" still runs.`,
        ),
      );
    };
    request.addEventListener('error', fail);
    request.addEventListener('load', () => {
      const outcome = request.response as Outcome<string> | null;
      if (outcome === null || request.status !== 200) {
        fail();
        return;
      }
      try {
        resolve(valueOf(outcome));
      } catch (error) {
        reject(error as Error);
      }
    });
    // A folder looks like a file here and can't be read: only trying tells.
    request.send(file);
  });
}

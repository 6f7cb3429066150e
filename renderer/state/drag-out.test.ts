import { describe, expect, it } from 'vitest';
import { DragOut } from './drag-out';

describe('a result that is dragged out', () => {
  const asked: string[] = [];
  const failures: unknown[] = [];
  const host = (address: string | null, start = Promise.resolve()) => ({
    resultAddress: async (output: string) => (asked.push(output), address),
    startDrag: (outputs: readonly string[]) => (asked.push(outputs.join(' ')), start),
  });
  const dragOut = (...wish: Parameters<typeof host>): DragOut =>
    new DragOut(host(...wish), (error) => failures.push(error));

  it('is the system’s to carry on the desktop', () => {
    expect(dragOut(null).begin(['/out/a.mp4', '/out/b.mp4'], null, true)).toBe(true);
    expect(asked.at(-1)).toBe('/out/a.mp4 /out/b.mp4');
  });

  it('is an address in a browser, for the result that the pointer went down on alone', async () => {
    const carried: Record<string, string> = {};
    const load = { setData: (type: string, data: string) => void (carried[type] = data) };
    const drag = dragOut('http://127.0.0.1/download/1');
    await drag.prepare('/out/ü: a.mp4');
    expect(drag.begin(['/out/other.mp4'], load, false)).toBe(false);
    expect(carried).toEqual({});
    expect(drag.begin(['/out/ü: a.mp4'], load, false)).toBe(false);
    expect(carried).toEqual({
      DownloadURL: 'application/octet-stream:ü: a.mp4:http://127.0.0.1/download/1',
      'text/uri-list': 'http://127.0.0.1/download/1',
    });
  });

  it('is not opened where it falls back on its own window', async () => {
    const drag = dragOut(null);
    expect(drag.isOwn(['a.mp4'])).toBe(false);
    drag.begin(['/out/a.mp4', '/out/b.mp4'], null, true);
    expect([drag.isOwn(['b.mp4']), drag.isOwn(['b.mp4', 'c.mp4']), drag.isOwn([])]).toEqual([
      ...[true, false, false],
    ]);
    // The next gesture is another one.
    await drag.prepare('/out/c.mp4');
    expect(drag.isOwn(['b.mp4'])).toBe(false);
  });

  it('that is gone is told of', async () => {
    const gone = new Error('gone');
    dragOut(null, Promise.reject(gone)).begin(['/out/a.mp4'], null, true);
    await Promise.resolve();
    await Promise.resolve();
    expect(failures).toEqual([gone]);
  });
});

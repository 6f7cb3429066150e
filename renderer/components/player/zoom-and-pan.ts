import type { Viewport } from '../../state/viewport.svelte';

/** A turn of the wheel; touchpads send many small ones. */
const WHEEL_STEP = 1.0015;
/** Pixels from which on a press is a drag. */
const LEAST_DRAG = 4;

/** An attachment that enlarges a picture by the wheel, at the pointer, and moves it by dragging. */
export function zoomAndPan(viewport: Viewport, natural: () => number): (element: HTMLElement) => () => void {
  return (element) => {
    const listeners = new AbortController();
    const { signal } = listeners;
    const fromMiddle = ({ clientX, clientY }: MouseEvent): [number, number] => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return [clientX - left - width / 2, clientY - top - height / 2];
    };
    const measure = (): void => {
      viewport.width = element.clientWidth;
      viewport.height = element.clientHeight;
      const pixels = natural();
      viewport.fitting = pixels > 0 ? (element.clientWidth * devicePixelRatio) / pixels : 1;
      viewport.pan(0, 0);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        measure();
        viewport.zoom(WHEEL_STEP ** -event.deltaY, ...fromMiddle(event));
      },
      { signal, passive: false },
    );
    element.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0 || viewport.fitted || (event.target as Element).closest('button, input'))
          return;
        const moving = new AbortController();
        const until = { signal: AbortSignal.any([signal, moving.signal]) };
        element.addEventListener(
          'pointermove',
          ({ clientX, clientY, movementX, movementY }) => {
            // A click stays one: what lies under it hears of it.
            const away = Math.hypot(clientX - event.clientX, clientY - event.clientY);
            if (!element.hasPointerCapture(event.pointerId)) {
              if (away < LEAST_DRAG) return;
              element.setPointerCapture(event.pointerId);
            }
            viewport.pan(movementX, movementY);
          },
          until,
        );
        const end = (): void => {
          moving.abort();
        };
        element.addEventListener('pointerup', end, until);
        element.addEventListener('pointercancel', end, until);
      },
      { signal },
    );
    element.addEventListener(
      'dblclick',
      (event) => {
        measure();
        viewport.toggleActual(...fromMiddle(event));
      },
      { signal },
    );
    return () => {
      listeners.abort();
      observer.disconnect();
    };
  };
}

interface DropTarget {
  /** False while a file can't be taken. */
  accepts(): boolean;
  hover(over: boolean): void;
  drop(file: File): void;
}

/** An attachment that makes an element take dropped files; it hears of children too, so it counts. */
export function dropTarget(target: DropTarget): (element: Element) => () => void {
  return (element) => {
    let depth = 0;
    const listeners = new AbortController();
    const on = (type: string, hear: (event: DragEvent) => void): void => {
      element.addEventListener(
        type,
        (event) => {
          const drag = event as DragEvent;
          if (!drag.dataTransfer?.types.includes('Files')) return;
          // Without this the browser would open the file in place of the window.
          drag.preventDefault();
          hear(drag);
        },
        { signal: listeners.signal },
      );
    };
    on('dragenter', () => {
      depth += 1;
      target.hover(target.accepts());
    });
    on('dragleave', () => {
      depth -= 1;
      if (depth === 0) target.hover(false);
    });
    on('dragover', ({ dataTransfer }) => {
      if (dataTransfer) dataTransfer.dropEffect = target.accepts() ? 'copy' : 'none';
    });
    on('drop', ({ dataTransfer }) => {
      depth = 0;
      target.hover(false);
      const file = dataTransfer?.files[0];
      if (file && target.accepts()) target.drop(file);
    });
    return () => {
      listeners.abort();
    };
  };
}

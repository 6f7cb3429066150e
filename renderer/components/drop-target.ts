interface DropTarget {
  hover(over: boolean): void;
  drop(files: readonly File[]): void;
}

/** An attachment that makes an element take dropped files and folders; it hears of children too, so it counts. */
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
      target.hover(true);
    });
    on('dragleave', () => {
      depth -= 1;
      if (depth === 0) target.hover(false);
    });
    on('dragover', ({ dataTransfer }) => {
      if (dataTransfer) dataTransfer.dropEffect = 'copy';
    });
    on('drop', ({ dataTransfer }) => {
      depth = 0;
      target.hover(false);
      if (dataTransfer) void filesOf(dataTransfer).then((files) => files.length > 0 && target.drop(files));
    });
    return () => {
      listeners.abort();
    };
  };
}

/**
 * Files of a drop. The desktop walks through folders itself, by their paths; a browser has to look into them, as it can
 * hand over files alone.
 */
async function filesOf(transfer: DataTransfer): Promise<readonly File[]> {
  const files = [...transfer.files];
  if ('clearcut' in window) return files;
  // Entries are gone once this event is over: they are taken before anything is waited for.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found: File[] = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (entry.name.startsWith('.')) return;
  if (entry.isFile) {
    found.push(
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    );
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // It gives them in portions, and an empty one at the end.
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (portion.length === 0) return;
    portion.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    for (const child of portion) await walk(child, found);
  }
}
